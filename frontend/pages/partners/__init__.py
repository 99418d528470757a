"""Other systems that call: listed, registered, looked after."""
