"""One function a Graph call: a tenant and a request enter, an answer leaves."""
