"""The servers under the benchmarks: nginx with fixed answers, and alternator-local. Both on core 1."""
import json
import os
import socket
import subprocess
import time
import urllib.request

SERVER_CORE = "1"
HOSTS = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]


def pinned(core, command):
    """The command on one core, where there are two."""
    return ["taskset", "-c", core, *command] if (os.cpu_count() or 1) >= 2 else command


def item(number, biography=False):
    """The item of Sources/Bench/Models.swift as DynamoDB JSON."""
    attributes = {
        "pk": {"S": f"user#{123456 + number}"},
        "sk": {"S": "profile"},
        "name": {"S": "Ada Lovelace"},
        "email": {"S": "ada.lovelace@example.com"},
        "age": {"N": "36"},
        "score": {"N": "98.125"},
        "visits": {"N": str(1234567890 + number)},
        "active": {"BOOL": True},
        "address": {"M": {"street": {"S": "12 St James Square"}, "city": {"S": "London"}, "zip": {"N": "10001"}}},
        "tags": {"L": [{"S": "alpha"}, {"S": "beta"}, {"S": "gamma"}]},
    }
    if biography:
        sentence = "Mathematician and writer, chiefly known for work on the Analytical Engine. "
        attributes["bio"] = {"S": sentence * 2 + str(number)}
    return attributes


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def node_list(count):
    """Loopback addresses, all of which answer: 127.0.0.1 and up."""
    return [f"127.0.{number // 250}.{number % 250 + 1}" for number in range(count)]


class Nginx:
    """Fixed answers from one worker.

    Ports after the first: GetItem, the same over TLS, a Query page of 100 items, GetItem with 30 nodes, with 1,000.
    """

    def __init__(self, folder):
        self.folder = folder
        self.get, self.tls, self.query, self.nodes30, self.nodes1000 = free_ports(5)
        self.ca = os.path.join(folder, "cert.pem")
        self.process = None

    def start(self):
        # The worker is another user.
        os.chmod(self.folder, 0o755)
        self._write("item.json", compact({"Item": item(0)}))
        page = {"Items": [item(n, biography=True) for n in range(100)], "Count": 100, "ScannedCount": 100}
        self._write("query.json", compact(page))
        self._write("get-request.json", compact({"TableName": "bench_accounts", "Key": {k: item(0)[k] for k in ("pk", "sk")}}))
        self._write("put-request.json", compact({"TableName": "bench_accounts", "Item": item(0)}))
        names = ",".join(["DNS:localhost"] + [f"IP:{host}" for host in HOSTS])
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", "/CN=localhost", "-addext", f"subjectAltName={names}",
             "-keyout", os.path.join(self.folder, "key.pem"), "-out", self.ca],
            check=True, capture_output=True)
        self._write("nginx.conf", self._configuration())
        self.process = subprocess.Popen(
            pinned(SERVER_CORE, ["nginx", "-p", self.folder, "-c", os.path.join(self.folder, "nginx.conf")]),
            stderr=subprocess.DEVNULL)
        wait_for(self.get)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def _configuration(self):
        # All of 127.0.0.0/8 is the loopback, so one wildcard port is as many nodes as a list names.
        fixed = compact({"Item": item(0)})

        def server(port, nodes, location, tls=False):
            # A list as text in the configuration may have 4 KiB; a file has no bound.
            self._write(f"nodes-{len(nodes)}.json", compact(nodes))
            secure = f"ssl_certificate {self.ca}; ssl_certificate_key {self.folder}/key.pem; ssl_protocols TLSv1.3;" if tls else ""
            return f"""
              server {{
                listen 0.0.0.0:{port}{" ssl" if tls else ""}; {secure}
                location = /localnodes {{ root {self.folder}; try_files /nodes-{len(nodes)}.json =404; }}
                {location}
              }}"""

        answer = f"location / {{ return 200 '{fixed}'; }}"
        # A POST to a file is 405 to nginx; the file is then the page of that error, with the status 200.
        page = f"""root {self.folder}; error_page 405 =200 /query.json;
                location = / {{ return 405; }}
                location = /query.json {{ error_page 405 =200 /query.json; }}"""
        return f"""
            worker_processes 1; daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log warn;
            events {{ worker_connections 50000; multi_accept on; }}
            http {{
              access_log off; server_tokens off; keepalive_requests 1000000000; keepalive_timeout 600s;
              tcp_nodelay on; tcp_nopush off; sendfile off; open_file_cache max=100 inactive=600s;
              default_type application/x-amz-json-1.0; types {{ }}
              client_body_buffer_size 512k; client_max_body_size 20m;
              client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
              fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
              add_header x-amzn-requestid "0123456789ABCDEF0123456789ABCDEF";
              {server(self.get, HOSTS, answer)}
              {server(self.tls, HOSTS, answer, tls=True)}
              {server(self.query, HOSTS, page)}
              {server(self.nodes30, node_list(30), answer)}
              {server(self.nodes1000, node_list(1000), answer)}
            }}"""


class AlternatorLocal:
    """The embedded cluster as a process, three nodes in memory."""

    def __init__(self, binary):
        self.binary = binary
        self.port = free_ports(1)[0]
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            pinned(SERVER_CORE, [self.binary, "--nodes", "3", "--port", str(self.port)]),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.port)
        self.call("CreateTable", {
            "TableName": "bench_accounts", "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")]})
        for number in range(100):
            self.call("PutItem", {"TableName": "bench_accounts", "Item": item(number)})

    def call(self, operation, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/", data=compact(body).encode(),
            headers={"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(port, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise SystemExit(f"the server on port {port} did not start") from None
            time.sleep(0.02)
