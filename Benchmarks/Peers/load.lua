-- What wrk sends: the GetItem of the other clients, with headers as long as a signed request's.
-- CASE=put sends the item; ITEM names the file of its body.
local put = os.getenv("CASE") == "put"
local name = assert(os.getenv("ITEM"), "set ITEM to the body's file")
local file = assert(io.open(name))
wrk.body = file:read("*a")
file:close()
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
wrk.headers["X-Amz-Target"] = "DynamoDB_20120810." .. (put and "PutItem" or "GetItem")
wrk.headers["X-Amz-Date"] = "20261120T103057Z"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261120/us-east-1/dynamodb/aws4_request, "
  .. "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=" .. string.rep("0123456789abcdef", 4)

function done(summary, latency)
  local errors = summary.errors
  local seconds = summary.duration / 1e6
  io.write(string.format("RESULT requests=%d secs=%.3f rps=%.0f p50=%.1f p99=%.1f p999=%.1f errors=%d\n",
    summary.requests, seconds, summary.requests / seconds,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
