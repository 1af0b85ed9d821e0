-- Writes posts with wrk:
--   wrk -c 32 -t 2 -d 10 -s labs/posts/wrk-post.lua --latency http://localhost:3000/api/posts

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

local count = 0

function request()
  count = count + 1
  local body = string.format('{"title":"Post %d","body":"Written by wrk to see how fast posts can be stored."}', count)
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read
    + summary.errors.write + summary.errors.timeout
  io.write(string.format("requests %d, failed %d\n", summary.requests, failed))
end
