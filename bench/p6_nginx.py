"""nginx as P6 needs it: as the service behind, and as the gateway's rival in three ways."""

from pathlib import Path

SECRET = b"p6-only-32-bytes-of-no-importance"
ANSWER = (
    '{"id":"01930000-0000-7000-8000-000000000001","name":"江临县总工会","level":"county",'
    '"members":1234,"parent":"01930000-0000-7000-8000-000000000000","actions":["change"]}'
)
MODULE = "/usr/lib/nginx/modules/ngx_http_js_module.so"
COMMON = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {head}
events {{ worker_connections 2048; }}
http {{
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5; server_tokens off;
  keepalive_requests 1000000000; keepalive_timeout 65; tcp_nodelay on;
  log_format line escape=json '{{"method":"$request_method","status":$status,"ms":$request_time,'
    '"sent":$body_bytes_sent,"request_id":"$request_id","timestamp":"$time_iso8601"}}';
  {body}
}}
"""
SERVICE = """
  access_log off; default_type application/json;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location = /v1/revocations {{ return 200 '{{"items":[],"next":""}}'; }}
    location = /v1/gateway-refusals {{ return 204; }}
    location / {{ return 200 '{answer}'; }}
  }}
"""
RIVAL = """
  access_log {folder}/access.log line buffer=64k flush=1s;
  upstream membership {{ server 127.0.0.1:{service}; keepalive 64; keepalive_requests 1000000000; }}
  {http}
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    add_header X-Request-Id $request_id always;
    add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
    add_header X-Content-Type-Options nosniff always;
    add_header Referrer-Policy same-origin always;
    add_header Cross-Origin-Opener-Policy same-origin always;
    add_header Cross-Origin-Resource-Policy same-origin always;
    add_header Content-Security-Policy "default-src 'none'; frame-ancestors 'none'" always;
    location = /livez {{ return 200 'ok'; }}
    location /api/membership/ {{
      {location}
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Request-Id $request_id;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $host;
      proxy_pass http://membership/;
    }}
    {server}
  }}
"""
LIMIT = "limit_req_zone {who} zone=person:16m rate=1000000r/s;"
LIMITED = "limit_req zone=person burst=100000 nodelay;"
SCRIPT = """
const crypto = require('crypto');
function person(r) {
  const parts = (r.headersIn['Authorization'] || '').substring(7).split('.');
  if (parts.length !== 3) { return ''; }
  const made = crypto.createHmac('sha256', '%s').update(parts[0] + '.' + parts[1]);
  if (made.digest('base64url') !== parts[2]) { return ''; }
  const claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString());
  return claims.exp * 1000 > Date.now() ? claims.sub : '';
}
export default { person };
"""
CHECKER = """
    location = /check {{
      internal;
      proxy_cache checked; proxy_cache_key $http_authorization;
      proxy_cache_valid 200 1s; proxy_cache_use_stale updating; proxy_cache_background_update on;
      proxy_ignore_headers Cache-Control Expires Set-Cookie;
      proxy_pass_request_body off; proxy_set_header Content-Length "";
      proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_pass http://membership/check;
    }}
"""


def nginx_as(way: str, folder: Path, port: int, service: int) -> str:
    """The whole configuration of one way; ``folder`` is its own."""
    if way == "service":
        body = SERVICE.format(port=port, answer=ANSWER)
        return COMMON.format(folder=folder, head="", body=body)
    head, http, location, server = "", "", "", ""
    if way == "nginx-hs256":
        (folder / "check.js").write_text(SCRIPT % SECRET.decode())
        head = f"load_module {MODULE};"
        http = "js_import check.js; js_set $person check.person; " + LIMIT.format(who="$person")
        location = 'if ($person = "") { return 401; } ' + LIMITED
    elif way == "nginx-cache":
        cache = f"proxy_cache_path {folder}/cache keys_zone=checked:16m;"
        http = cache + LIMIT.format(who="$http_authorization")
        location = "auth_request /check; " + LIMITED
        server = CHECKER.format()
    body = RIVAL.format(
        folder=folder, port=port, service=service, http=http, location=location, server=server
    )
    return COMMON.format(folder=folder, head=head, body=body)
