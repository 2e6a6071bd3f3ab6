-- Asks for one path after another, drawn from a file of paths: the same draw for everyone who is measured.
-- Arguments: the file, a seed.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  requests = {}
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
  math.randomseed(tonumber(args[2]) + number)
end

function request()
  return requests[math.random(#requests)]
end
