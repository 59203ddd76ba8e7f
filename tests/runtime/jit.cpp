#include "runtime/cpu/jit.h"
#include "runtime/cpu/jit_object.h"
#include "runtime/disk_cache.h"
#include "tests/runtime/temporary_directory.h"
#include "tests/support/catch.h"
#include <algorithm>
#include <atomic>
#include <chrono>
#include <croton/error.h>
#include <cstring>
#include <iostream>
#include <span>
#include <thread>
#include <vector>

using namespace croton;
using namespace croton::runtime;
using Catch::Matchers::Contains;

namespace {

const char* const add_ir = "define i32 @add(i32 %a, i32 %b) {\n"
                           "  %c = add i32 %a, %b\n"
                           "  ret i32 %c\n"
                           "}\n";

using Binary = int (*)(int, int);

Binary binary(const std::shared_ptr<const CompiledCode>& code, const char* name = "add") {
  return reinterpret_cast<Binary>(code->symbol(name));
}

/// A loop over <16 x float> with about 60 operations, like a fused chain of elementwise functions; `salt` makes texts
/// different from each other.
std::string chain_ir(int salt, int operations = 60) {
  std::string body, value = "%x";
  for (int i = 0; i < operations; ++i) {
    const std::string next = "%v" + std::to_string(i);
    const std::string other = i % 3 == 0 ? "%y" : i % 3 == 1 ? "%x" : "%s";
    if (i % 4 == 3) body += "  " + next + " = call <16 x float> @llvm.fma.v16f32(<16 x float> " + value + ", <16 x float> " + other + ", <16 x float> %s)\n";
    else body += "  " + next + " = " + (i % 2 ? "fmul" : "fadd") + " <16 x float> " + value + ", " + other + "\n";
    value = next;
  }
  const std::string scale = std::to_string(salt) + ".0";
  return "define void @chain(ptr noalias %out, ptr noalias %a, ptr noalias %b, i64 %n) #0 {\n"
         "entry:\n  %s0 = insertelement <16 x float> poison, float " + scale + ", i64 0\n"
         "  %s = shufflevector <16 x float> %s0, <16 x float> poison, <16 x i32> zeroinitializer\n  br label %loop\n"
         "loop:\n  %i = phi i64 [0, %entry], [%j, %loop]\n"
         "  %pa = getelementptr float, ptr %a, i64 %i\n  %pb = getelementptr float, ptr %b, i64 %i\n"
         "  %po = getelementptr float, ptr %out, i64 %i\n"
         "  %x = load <16 x float>, ptr %pa, align 4\n  %y = load <16 x float>, ptr %pb, align 4\n" + body +
         "  store <16 x float> " + value + ", ptr %po, align 4\n"
         "  %j = add i64 %i, 16\n  %more = icmp slt i64 %j, %n\n  br i1 %more, label %loop, label %end\n"
         "end:\n  ret void\n}\n"
         "declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)\n"
         "attributes #0 = { nounwind \"prefer-vector-width\"=\"512\" \"min-legal-vector-width\"=\"512\" }\n";
}

std::shared_ptr<DiskCache> cache_at(const std::string& directory) {
  DiskCacheOptions options;
  options.directory = directory;
  return std::make_shared<DiskCache>(options);
}

} // namespace

TEST_CASE("the JIT compiles and runs a module") {
  Jit jit(nullptr);
  const auto code = jit.compile(add_ir, "add");
  CHECK(binary(code)(2, 40) == 42);
  CHECK(code->object_bytes() > 0);
  CHECK_THROWS_WITH(code->symbol("sub"), Contains("'sub'"));
  CHECK_THROWS_AS(code->symbol(""), InternalError);
  CHECK(jit.host_description().starts_with("LLVM "));
}

TEST_CASE("every level and the O1 pipeline give working code") {
  Jit jit(nullptr);
  for (int level = 0; level <= 3; ++level)
    for (const bool passes : {false, true}) {
      const auto code = jit.compile(chain_ir(3), "chain", {.codegen_level = level, .run_o1_passes = passes});
      std::vector<float> a(32, 0.5f), b(32, 0.25f), out(32);
      reinterpret_cast<void (*)(float*, float*, float*, std::int64_t)>(code->symbol("chain"))(out.data(), a.data(), b.data(), 32);
      CHECK(out[0] == out[31]);
      CHECK(out[0] != 0.0f);
    }
  CHECK(jit.stats().compiled == 8);
}

TEST_CASE("modules with the same names stay apart") {
  Jit jit(nullptr);
  const auto one = jit.compile("define i32 @f() { ret i32 1 }", "one");
  const auto two = jit.compile("define i32 @f() { ret i32 2 }\n@g = global i32 7", "two");
  CHECK(reinterpret_cast<int (*)()>(one->symbol("f"))() == 1);
  CHECK(reinterpret_cast<int (*)()>(two->symbol("f"))() == 2);
  CHECK(*static_cast<int*>(two->symbol("g")) == 7);
}

TEST_CASE("equal texts share their code while it is held, and freed code can be made again") {
  Jit jit(nullptr);
  auto first = jit.compile(add_ir, "add");
  auto second = jit.compile(add_ir, "add again");
  CHECK(first == second);
  CHECK(jit.compile(add_ir, "add", {.codegen_level = 0}) != first);
  CHECK(jit.stats().from_memory == 1);
  first.reset();
  second.reset();
  for (int i = 0; i < 50; ++i) CHECK(binary(jit.compile(add_ir, "add"))(i, 1) == i + 1);
  CHECK(jit.stats().compiled == 52);
}

TEST_CASE("code outlives the compiler that made it") {
  std::shared_ptr<const CompiledCode> code;
  {
    Jit jit(nullptr);
    code = jit.compile(add_ir, "add");
  }
  CHECK(binary(code)(1, 2) == 3);
}

TEST_CASE("invalid IR is refused with LLVM's words and the line") {
  Jit jit(nullptr);
  CHECK_THROWS_AS(jit.compile("define i32 @f( {", "broken"), InternalError);
  CHECK_THROWS_WITH(jit.compile("define i32 @f() {\n  %a = add i32 %nope, 1\n  ret i32 %a\n}", "broken"),
                    Contains("broken") && Contains("%nope") && Contains(":2:"));
  // Parses, but the verifier refuses it: a use that its definition does not dominate.
  CHECK_THROWS_WITH(jit.compile("define i32 @f(i1 %c) {\n  br i1 %c, label %x, label %y\nx:\n  %a = add i32 1, 1\n"
                                "  br label %y\ny:\n  ret i32 %a\n}", "domination"),
                    Contains("dominate") && Contains("%a"));
  CHECK_THROWS_AS(jit.compile(std::string("\0\0\xff", 3), "junk"), InternalError);
  CHECK_NOTHROW(jit.compile("", "empty"));
  CHECK(binary(jit.compile(add_ir, "still works"))(1, 1) == 2);
}

TEST_CASE("errors of the code generator are errors, not the end of the process") {
  Jit jit(nullptr);
  const char* const bad_asm = "define void @f() {\n  call void asm sideeffect \"nonsense of an instruction\", \"\"()\n  ret void\n}";
  CHECK_THROWS_AS(jit.compile(bad_asm, "asm"), DeviceError);
  CHECK(binary(jit.compile(add_ir, "add"))(1, 1) == 2);
}

TEST_CASE("code calls the process and named helpers, and nothing else") {
  static std::atomic<int> calls{0};
  calls = 0;
  Jit jit(nullptr);
  jit.add_symbol("croton_test_helper", reinterpret_cast<void*>(+[](int x) { return calls += x; }));
  const auto code = jit.compile("declare i32 @croton_test_helper(i32)\ndeclare ptr @memcpy(ptr, ptr, i64)\n"
                                "define i32 @f(ptr %to, ptr %from) {\n  %p = call ptr @memcpy(ptr %to, ptr %from, i64 9)\n"
                                "  %r = call i32 @croton_test_helper(i32 5)\n  ret i32 %r\n}",
                                "calls");
  char to[9] = {};
  CHECK(reinterpret_cast<int (*)(void*, const void*)>(code->symbol("f"))(to, "12345678") == 5);
  CHECK(std::strcmp(to, "12345678") == 0);
  const char* const unknown = "declare void @croton_no_such_symbol()\ndefine void @f() {\n  call void @croton_no_such_symbol()\n  ret void\n}";
  CHECK_THROWS_AS(jit.compile(unknown, "unknown"), DeviceError);
  CHECK_THROWS_WITH(jit.compile(unknown, "unknown"), Contains("croton_no_such_symbol"));
  CHECK(binary(jit.compile(add_ir, "in the place of the failed one"))(1, 1) == 2);
}

TEST_CASE("assembly is text for this machine") {
  Jit jit(nullptr);
  const std::string text = jit.assembly(add_ir);
  CHECK_THAT(text, Contains("add") && Contains("ret"));
}

TEST_CASE("a second compiler finds the object on disk") {
  const TemporaryDirectory directory;
  {
    Jit jit(cache_at(directory.path));
    jit.compile(add_ir, "add");
    CHECK(jit.stats().compiled == 1);
  }
  Jit jit(cache_at(directory.path));
  const auto code = jit.compile(add_ir, "add");
  CHECK(jit.stats().compiled == 0);
  CHECK(jit.stats().from_disk == 1);
  CHECK(binary(code)(20, 22) == 42);
  jit.compile(add_ir, "add", {.codegen_level = 1});
  CHECK(jit.stats().compiled == 1); // options are part of the key
}

TEST_CASE("a cached payload that is no loadable object is compiled anew") {
  const TemporaryDirectory directory;
  const auto cache = cache_at(directory.path);
  const std::string key = "jit 1\n" + Jit(nullptr).host_description() + "\n2\n" + add_ir;
  Jit(cache).compile(add_ir, "add");
  REQUIRE(std::filesystem::exists(cache->path_of(key)));
  const auto text = [](const char* chars, std::size_t size) { return std::vector(reinterpret_cast<const std::byte*>(chars), reinterpret_cast<const std::byte*>(chars) + size); };
  auto whole = *cache->find(key);
  auto cut = whole, longer = whole;
  cut.pop_back();
  longer.push_back(std::byte{0});
  for (const auto& payload : {text("", 0), text("x", 1), text("\xff\xff\xff\xff", 4), text("\1\0\0\0\xff\xff\xff\x7fjunk", 12), cut, longer,
                              pack({{"add"}, text("\x7f" "ELF junk", 9)}), pack({{"add"}, {}}), pack({{"missing"}, unpack(whole)->code})}) {
    REQUIRE(cache->store(key, payload));
    Jit jit(cache);
    CHECK(binary(jit.compile(add_ir, "add"))(1, 2) == 3);
    CHECK(jit.stats().compiled == 1);
    CHECK(*cache->find(key) == whole); // mended
  }
}

TEST_CASE("threads compile at once") {
  const TemporaryDirectory directory;
  Jit jit(cache_at(directory.path));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 12; ++i) {
        const std::string ir = "define i32 @f() { ret i32 " + std::to_string(i % 6) + " }";
        const auto code = jit.compile(ir, "f");
        if (reinterpret_cast<int (*)()>(code->symbol("f"))() != i % 6) ++wrong;
        try {
          jit.compile("define", "bad");
          ++wrong;
        } catch (const InternalError&) {
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("compile times", "[.timing]") {
  const TemporaryDirectory directory;
  const auto median = [](std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  };
  const auto timed = [](auto&& action) {
    const auto start = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  };
  std::cout << "create Jit " << timed([] { Jit jit(nullptr); }) << " ms\n";
  for (const int level : {0, 1, 2, 3}) {
    std::vector<double> cold, disk, memory;
    {
      Jit jit(cache_at(directory.path));
      for (int i = 0; i < 30; ++i) {
        std::shared_ptr<const CompiledCode> held;
        const std::string ir = chain_ir(100 + i);
        cold.push_back(timed([&] { held = jit.compile(ir, "chain", {.codegen_level = level}); }));
        memory.push_back(timed([&] { jit.compile(ir, "chain", {.codegen_level = level}); }));
      }
    }
    Jit jit(cache_at(directory.path));
    for (int i = 0; i < 30; ++i) {
      const std::string ir = chain_ir(100 + i);
      disk.push_back(timed([&] { jit.compile(ir, "chain", {.codegen_level = level}); }));
    }
    std::cout << "level " << level << ": first " << cold[0] << ", compile " << median(cold) << " (least "
              << *std::min_element(cold.begin(), cold.end()) << "), disk " << median(disk)
              << " (first " << disk[0] << "), memory " << median(memory) << " ms\n";
  }
}
