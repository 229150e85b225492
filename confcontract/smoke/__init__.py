"""An image is started once as a platform would start it: does it boot, answer, stop and refuse?"""
