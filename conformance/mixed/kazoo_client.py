"""Python's kazoo as a client of a mixed ensemble: kazoo_client.py LEADER KIND=HOST:PORT...

LEADER is the kind of the server that leads. Says what it saw, a line each: "ok", "WRONG" or "SKIP", what, and why, with
tabs between them.
"""
import sys

from kazoo import exceptions
from kazoo.client import KazooClient
from kazoo.security import make_acl

leader = sys.argv[1]
servers = [argument.split("=", 1) for argument in sys.argv[2:]]
TIMEOUT = 20


def connect(address, **options):
    client = KazooClient(hosts=address, timeout=TIMEOUT, **options)
    client.start(timeout=60)
    return client


def say(what, why=None, verdict=None):
    print("\t".join([verdict or ("ok" if why is None else "WRONG"), what, why or ""]), flush=True)


def expect(what, seen, expected):
    say(what, None if seen == expected else "%r is seen, %r is expected" % (seen, expected))


def attempt(what, work):
    """Does it; what fails is said, and None is the result."""
    try:
        return work()
    except exceptions.UnimplementedError:
        say(what, "UNIMPLEMENTED, while %s leads" % leader, "SKIP")
    except Exception as error:
        say(what, "%s: %s" % (type(error).__name__, error))
    return None


def other(kind):
    return next(address for name, address in servers if name != kind)


def operations():
    for index, (kind, address) in enumerate(servers):
        zk = connect(address)
        path = "/kazoo-%d" % index
        zk.create(path, b"one")
        zk.set(path, b"two", version=0)
        data, stat = zk.get(path)
        seen = (data, stat.version, zk.exists(path).dataLength, zk.exists(path + "-x"), zk.get_children(path))
        expect("create, set, get, exists and get_children through %s" % kind, seen, (b"two", 1, 3, None, []))
        far = connect(other(kind))
        far.sync(path)
        expect("what went through %s is on the other kind" % kind, far.get(path), (data, stat))
        zk.delete(path)
        far.sync(path)
        expect("and gone there once deleted", far.exists(path), None)
        far.stop()
        zk.stop()


def sessions():
    for kind, address in servers[:2]:
        zk = connect(address)
        session, password = zk.client_id
        moved = connect(other(kind), client_id=(session, password))
        expect("a session of %s goes on at the other kind, by its password" % kind, moved.client_id[0], session)
        back = connect(address, client_id=moved.client_id)
        expect("and back", back.client_id[0], session)
        back.create("/kazoo-session")
        back.delete("/kazoo-session")
        wrong = connect(other(kind), client_id=(session, b"\1" * 16))
        expect("with another password it does not", wrong.client_id[0] == session, False)
        for client in (wrong, back, moved, zk):
            client.stop()
            client.close()


def ephemerals(kind, address, reader):
    zk = connect(address)
    name = "an ephemeral node created through %s" % kind
    path = attempt(name, lambda: zk.create("/kazoo-ephemeral", b"e", ephemeral=True))
    if path is not None:
        reader.sync(path)
        expect(name + " has its owner on the other kind", reader.exists(path).owner_session_id, zk.client_id[0])
    zk.stop()
    if path is not None:
        reader.sync(path)
        expect("and goes with its session", reader.exists(path), None)


def sequences(kind, address, reader):
    zk = connect(address)
    queue = "/kazoo-queue-" + kind
    zk.create(queue)
    name = "sequential nodes created through %s" % kind
    made = attempt(name, lambda: [zk.create(queue + "/n-", sequence=True) for _ in range(3)])
    if made is not None:
        reader.sync(queue)
        expect(name, sorted(queue + "/" + child for child in reader.get_children(queue)), made)
    zk.stop()


def stats(kind, address, reader):
    zk = connect(address)
    name = "create2 through %s" % kind
    path = "/kazoo-create2-" + kind
    made = attempt(name, lambda: zk.create(path, b"2", include_data=True))
    if made is not None:
        reader.sync(path)
        expect(name, reader.get(path)[1], made[1])
    zk.stop()


def acls(kind, address, reader):
    zk = connect(address)
    path = "/kazoo-acl-" + kind
    zk.create(path)
    name = "set_acls through %s" % kind
    acl = [make_acl("world", "anyone", read=True, admin=True)]
    if attempt(name, lambda: zk.set_acls(path, acl)) is not None:
        reader.sync(path)
        expect(name, reader.exists(path).aversion, 1)
    zk.stop()


def transactions(kind, address, reader):
    zk = connect(address)
    path = "/kazoo-transaction-" + kind
    name = "a transaction of several operations through %s" % kind

    def several():
        transaction = zk.transaction()
        transaction.create(path, b"m")
        transaction.set_data(path, b"mm")
        transaction.check(path, 1)
        results = transaction.commit()
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results

    if attempt(name, several) is not None:
        reader.sync(path)
        expect(name, reader.exists(path) and reader.get(path)[0], b"mm")
    zk.stop()


operations()
sessions()
for kind, address in servers[:2]:
    reader = connect(other(kind))
    for part in (ephemerals, sequences, stats, acls, transactions):
        part(kind, address, reader)
    reader.stop()
