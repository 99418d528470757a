"""Running Niangjia: the local run beside this file, production recipes in the folders."""
