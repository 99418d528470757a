"""The services of Niangjia 娘家, and the chassis that each is built on."""
