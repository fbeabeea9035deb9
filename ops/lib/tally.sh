# Sourced by the scripts of ops, after root is set: counts what the tests said.

# The test reports that were written after file $1.
reports_since() {
  find "$root" -path '*/target/*-reports/TEST-*.xml' -newer "$1" 2>/dev/null | sort
}

# Sets run, passed, failed and skipped from the reports written after file $1.
tally_since() {
  set -- $(reports_since "$1" | tr '\n' '\0' | xargs -0 cat /dev/null | awk '
    # One element per record, so that it does not matter how a report breaks its lines.
    BEGIN { RS = "<" }
    function value(name) {
      return match($0, " " name "=\"[0-9]+\"") \
        ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0
    }
    /^testsuite / {
      run += value("tests"); skipped += value("skipped")
      failed += value("failures") + value("errors")
    }
    END { print run + 0, failed + 0, skipped + 0 }')
  run=$1
  failed=$2
  skipped=$3
  passed=$((run - failed - skipped))
}

# The tests that failed, one per line, from the reports written after file $1.
failures_since() {
  reports_since "$1" | tr '\n' '\0' | xargs -0 cat /dev/null | awk '
    BEGIN { RS = "<" }
    function value(name) {
      return match($0, " " name "=\"[^\"]*\"") \
        ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : ""
    }
    /^testcase / { test = value("classname") "." value("name") }
    /^(failure|error)[ >\/]/ { if (test != "") print "  " test; test = "" }'
}
