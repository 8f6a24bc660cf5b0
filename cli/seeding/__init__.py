"""Bringing the demo into a running system by the doors that everybody uses: RPC and carriers' AMQP."""
