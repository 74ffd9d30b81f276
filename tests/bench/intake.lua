-- wrk script: every request files a manifest of its own. Needs TOKEN and BODY (a file) in the environment; THREAD_BASE keeps runs apart.
local template = io.open(os.getenv("BODY"), "rb"):read("*a")
local run = os.getenv("RUN") or tostring(os.time())
local threads = 0

function setup(thread)
   thread:set("id", threads)
   threads = threads + 1
end

function init(args)
   count = 0
   -- The numbers that must be fresh stand in the template as TRIPTRIPTRIPTRIP (16) and CTRLCTRLCTRL (12); a pattern has no magic characters in them.
   headers = {
      ["Authorization"] = "Bearer " .. os.getenv("TOKEN"),
      ["Content-Type"] = "application/json",
   }
end

function request()
   count = count + 1
   local number = string.format("%s%02d%07d", run, id, count)
   local body = template:gsub("TRIPTRIPTRIPTRIP", "TSTA" .. number:sub(-12)):gsub("CTRLCTRLCTRL", "TSTA" .. number:sub(-8), 1)
   headers["Idempotency-Key"] = '"bench-' .. number .. '"'
   return wrk.format("POST", "/v1/manifests", headers, body)
end

function done(summary, latency, requests)
   io.write(string.format('{"requests":%d,"seconds":%.3f,"rate":%.1f,"p50_ms":%.3f,"p99_ms":%.3f,"errors_status":%d,"errors_io":%d}\n', summary.requests,
      summary.duration / 1e6, summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status,
      summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end

if tonumber(os.getenv("DELAY_MS") or "0") > 0 then
   -- Pauses of random length around the mean: clients do not march in step.
   function delay()
      return math.random(0, 2 * tonumber(os.getenv("DELAY_MS")))
   end
end
