// Catch2, version 2 or 3. Every test case is run with -w NoAssertions: one that checks nothing fails.
#pragma once
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

/// One assertion: `wrong` is empty. Else it fails with `details` (streamed), which are only made then.
#define CHECK_NOTHING_WRONG(wrong, details) \
  do { \
    if ((wrong).empty()) SUCCEED(); \
    else FAIL_CHECK(details); \
  } while (false)

/// Leaves the test case, and says so, on a machine that lacks what it needs.
#define NEEDS(condition, what) \
  do { \
    if (condition) break; \
    WARN("not tested here: it needs " << (what)); \
    SUCCEED(); \
    return; \
  } while (false)
