"""A package, so that its server and its Chromium end with its last test: fixtures of scope "package" need one."""
