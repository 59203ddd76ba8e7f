// Learns to read handwritten digits: softmax regression, then a network with one hidden layer, both trained by minibatch
// gradient descent on 1437 pictures of 8×8 pixels and judged by 360 others, written by other hands.
//
//   digits [--device NAME] [--epochs N] [digits.csv]
//
// Exit code 0 when both reach their goal on the pictures held out, 1 when not, 2 for a bad argument or file.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <croton/croton.h>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numbers>
#include <numeric>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

using namespace croton;

namespace {

constexpr i64 pixels = 64, classes = 10, train_rows = 1437, batch = 16;

struct Options {
  std::string device, data; ///< empty: the default
  int epochs = 50;
};

// ---- data -----------------------------------------------------------------------------------------------------

struct Digits {
  std::vector<f32> images; ///< rows of 64, from 0 to 1
  std::vector<i32> labels;
  i64 rows() const { return static_cast<i64>(labels.size()); }
};

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

Digits read_digits(const std::string& path) {
  std::ifstream file(path);
  if (!file) fail(path + ": cannot be read");
  Digits digits;
  std::string line;
  while (std::getline(file, line)) {
    const char *next = line.data(), *end = next + line.size();
    for (i64 column = 0; column <= pixels; ++column) {
      int value = 0;
      auto [after, error] = std::from_chars(next, end, value);
      bool last = column == pixels;
      if (error != std::errc{} || value < 0 || value > (last ? 9 : 16) || (last ? after != end && *after != '\r' : after == end || *after != ','))
        fail(path + ":" + std::to_string(digits.rows() + 1) + ": column " + std::to_string(column + 1) + ": expected 64 pixels from 0 to 16 and a digit");
      if (last) digits.labels.push_back(value);
      else digits.images.push_back(static_cast<f32>(value) / 16);
      next = after + 1;
    }
  }
  if (digits.rows() <= train_rows) fail(path + ": found " + std::to_string(digits.rows()) + " rows, expected more than " + std::to_string(train_rows));
  return digits;
}

/// Over the first rows of `to`.
void copy_rows(const Digits& from, std::span<const i64> rows, Digits& to) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::copy_n(from.images.begin() + rows[i] * pixels, pixels, to.images.begin() + static_cast<i64>(i) * pixels);
    to.labels[i] = from.labels[static_cast<std::size_t>(rows[i])];
  }
}

Digits rows_of(const Digits& all, const std::vector<i64>& rows) {
  Digits some{std::vector<f32>(rows.size() * pixels), std::vector<i32>(rows.size())};
  copy_rows(all, rows, some);
  return some;
}

std::vector<i64> range(i64 first, i64 last) {
  std::vector<i64> rows(static_cast<std::size_t>(last - first));
  std::iota(rows.begin(), rows.end(), first);
  return rows;
}

// ---- random numbers, the same on every machine ----------------------------------------------------------------

double uniform(std::mt19937& random) { return (static_cast<double>(random()) + 0.5) / 4294967296.0; }

std::vector<f32> normal(std::mt19937& random, i64 count, double deviation) {
  std::vector<f32> values(static_cast<std::size_t>(count));
  for (f32& v : values) v = static_cast<f32>(deviation * std::sqrt(-2 * std::log(uniform(random))) * std::cos(2 * std::numbers::pi * uniform(random)));
  return values;
}

void shuffle(std::mt19937& random, std::vector<i64>& rows) {
  for (std::size_t i = rows.size(); i-- > 1;) std::swap(rows[i], rows[random() % (i + 1)]);
}

// ---- progress -------------------------------------------------------------------------------------------------

// One line that rewrites itself on a terminal; elsewhere a line now and then.
class Progress {
public:
  Progress(std::string title, int total) : title_(std::move(title)), total_(total) {}

  void show(int epoch, double loss, double accuracy) const {
    bool last = epoch == total_;
    if (!terminal_ && !last && epoch != 1 && epoch % every() != 0) return;
    std::printf("%s%-20s epoch %3d/%d  loss %.4f  held out %.3f", terminal_ ? "\r" : "", title_.c_str(), epoch, total_, loss, accuracy);
    if (terminal_) {
      int done = 24 * epoch / total_;
      std::printf("  [%s%s]%s", std::string(static_cast<std::size_t>(done), '#').c_str(), std::string(static_cast<std::size_t>(24 - done), ' ').c_str(), last ? "\n" : "\033[K");
    } else {
      std::printf("\n");
    }
    std::fflush(stdout);
  }

private:
  int every() const { return std::max(total_ / 5, 1); }
  std::string title_;
  int total_;
  bool terminal_ = isatty(fileno(stdout)) != 0;
};

// ---- training -------------------------------------------------------------------------------------------------

struct Model {
  std::string name;
  Expr logits;
  std::vector<Shared> parameters;
  f32 rate;    ///< of the gradient that is taken off at each step
  double goal; ///< fraction of the held-out pictures to be read right
};

/// The steps that the plan runs: kernels and library calls.
void print_kernels(const Function& f) {
  std::istringstream plan(f.dump("plan"));
  for (std::string line; std::getline(plan, line);)
    if (line.find(": launch ") != std::string::npos || line.find(": gemm ") != std::string::npos) std::cout << "  " << line << "\n";
}

bool train(const Model& model, const Expr& x, const Expr& y, const Digits& digits, const Options& options) {
  // The whole program: a loss, its derivatives, and what a step does to the parameters.
  Expr loss = mean(cross_entropy(model.logits, y));
  std::vector<Expr> slopes = grad(loss, {model.parameters.begin(), model.parameters.end()});
  std::vector<Update> updates;
  for (std::size_t i = 0; i < slopes.size(); ++i) updates.push_back({model.parameters[i], model.parameters[i] - model.rate * slopes[i]});
  Function step = function({x, y}, loss, {.updates = updates, .device = options.device, .name = "step"});
  Function accuracy = function({x, y}, mean(argmax(model.logits, 1) == y), {.device = options.device, .name = "accuracy"});

  const Digits held_out = rows_of(digits, range(train_rows, digits.rows()));
  auto images = [](const Digits& d, i64 first, i64 count) { return view(d.images.data() + first * pixels, {count, pixels}); };
  auto labels = [](const Digits& d, i64 first, i64 count) { return view(d.labels.data() + first, {count}); };

  // Every batch is brought to the same memory: the step is bound to it once, and its calls check and allocate nothing.
  Digits rows = rows_of(digits, range(0, batch));
  f32 batch_loss = 0;
  BoundFunction bound_step = step.bind({batch_loss}, {images(rows, 0, batch), labels(rows, 0, batch)});

  std::mt19937 random(1);
  std::vector<i64> order = range(0, train_rows);
  Progress progress(model.name, options.epochs);
  std::chrono::duration<double> busy{};
  i64 steps = 0;
  double right = 0;
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    shuffle(random, order);
    double sum = 0;
    for (i64 first = 0; first < train_rows; first += batch, ++steps) {
      i64 count = std::min(batch, train_rows - first);
      copy_rows(digits, {order.data() + first, static_cast<std::size_t>(count)}, rows);
      auto start = std::chrono::steady_clock::now();
      if (count == batch) bound_step();
      else step(images(rows, 0, count), labels(rows, 0, count), into(batch_loss)); // the last batch is smaller: no recompilation
      busy += std::chrono::steady_clock::now() - start;
      sum += batch_loss * static_cast<double>(count);
    }
    right = accuracy(images(held_out, 0, held_out.rows()), labels(held_out, 0, held_out.rows())).item<double>();
    progress.show(epoch, sum / train_rows, right);
  }

  FunctionStats stats = step.stats();
  std::printf("  accuracy on %d rows held out: %.4f (goal %.2f)\n", static_cast<int>(held_out.rows()), right, model.goal);
  std::printf("  compiled for %s in %.1f ms%s; %.1f us a step of %d rows, %d steps\n", step.device().c_str(), stats.compile_ms, stats.from_cache ? " (code from the cache)" : "",
              1e6 * busy.count() / static_cast<double>(steps), static_cast<int>(batch), static_cast<int>(steps));
  if (stats.kernels + stats.library_calls > 0) { // not where graphs are interpreted
    std::printf("  a step runs %d kernels and %d library calls:\n", stats.kernels, stats.library_calls);
    std::fflush(stdout);
    print_kernels(step);
  }
  std::cout << std::endl;
  return right >= model.goal;
}

// ---- the command line -----------------------------------------------------------------------------------------

std::string default_data(const char* program) {
#ifdef CROTON_EXAMPLE_DATA
  if (std::string path = CROTON_EXAMPLE_DATA "/digits.csv"; std::filesystem::exists(path)) return path;
#endif
  return (std::filesystem::path(program).parent_path() / "digits.csv").string();
}

Options parse(int argc, char** argv) {
  Options options;
  const std::string usage = "usage: digits [--device NAME] [--epochs N] [digits.csv]";
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    bool takes_value = word == "--device" || word == "--epochs";
    if (takes_value && i + 1 == argc) fail(std::string(word) + " needs a value\n" + usage);
    if (word == "--device") {
      options.device = argv[++i];
    } else if (word == "--epochs") {
      std::string_view text = argv[++i];
      auto [end, error] = std::from_chars(text.begin(), text.end(), options.epochs);
      if (error != std::errc{} || end != text.end() || options.epochs < 1) fail("--epochs: found '" + std::string(text) + "', expected a number from 1\n" + usage);
    } else if (word.starts_with("-") || !options.data.empty()) {
      fail("unexpected argument '" + std::string(word) + "'\n" + usage);
    } else {
      options.data = word;
    }
  }
  if (options.data.empty()) options.data = default_data(argv[0]);
  return options;
}

int run(const Options& options) {
  Digits digits = read_digits(options.data);
  std::printf("%d rows of digits, the last %d held out\n\n", static_cast<int>(digits.rows()), static_cast<int>(digits.rows() - train_rows));

  Expr x = tensor<f32>("x", {dim("rows"), pixels});
  Expr y = tensor<i32>("y", {dim("rows")});

  auto W = shared(zeros<f32>({pixels, classes}), "W");
  auto b = shared(zeros<f32>({classes}), "b");
  Model regression{"softmax regression", dot(x, W) + b, {W, b}, 0.2f, 0.88};

  constexpr i64 hidden = 128;
  std::mt19937 random(7);
  auto W1 = shared(Array::from(normal(random, pixels * hidden, std::sqrt(2.0 / pixels)), {pixels, hidden}), "W1");
  auto b1 = shared(zeros<f32>({hidden}), "b1");
  auto W2 = shared(Array::from(normal(random, hidden * classes, std::sqrt(2.0 / hidden)), {hidden, classes}), "W2");
  auto b2 = shared(zeros<f32>({classes}), "b2");
  Model network{"one hidden layer", dot(relu(dot(x, W1) + b1), W2) + b2, {W1, b1, W2, b2}, 0.2f, 0.90};

  bool good = train(regression, x, y, digits, options);
  good &= train(network, x, y, digits, options);
  std::cout << (good ? "both reached their goal" : "a goal was missed") << std::endl;
  return good ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "digits: " << error.what() << std::endl;
    return 2;
  }
}
