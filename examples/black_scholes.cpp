// Option prices by the formula of Black and Scholes, and their Greeks by differentiating it. One function gives all six
// numbers for every option at once; the program compares them with the closed forms in the textbooks.
#include <algorithm>
#include <cmath>
#include <croton/croton.h>
#include <cstdio>
#include <numbers>
#include <vector>

using namespace croton;

namespace {

Expr normal_cdf(const Expr& x) { return 0.5 * erfc(-x / std::numbers::sqrt2); }

/// A European call: spot S, strike K, time T in years, volatility v, rate r.
Expr call_price(const Expr& S, const Expr& K, const Expr& T, const Expr& v, const Expr& r) {
  Expr d1 = (log(S / K) + (r + v * v / 2) * T) / (v * sqrt(T));
  Expr d2 = d1 - v * sqrt(T);
  return S * normal_cdf(d1) - K * exp(-r * T) * normal_cdf(d2);
}

struct Row {
  double price, delta, gamma, vega, theta, rho;
};

Row closed_form(double S, double K, double T, double v, double r) {
  auto N = [](double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); };
  auto n = [](double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); };
  double root = v * std::sqrt(T), d1 = (std::log(S / K) + (r + v * v / 2) * T) / root, d2 = d1 - root, discount = std::exp(-r * T);
  return {S * N(d1) - K * discount * N(d2),
          N(d1),
          n(d1) / (S * root),
          S * n(d1) * std::sqrt(T),
          -S * n(d1) * v / (2 * std::sqrt(T)) - r * K * discount * N(d2),
          K * T * discount * N(d2)};
}

} // namespace

int main() {
  auto S = vector<f64>("spot"), K = vector<f64>("strike"), T = vector<f64>("years"), v = vector<f64>("volatility"), r = vector<f64>("rate");
  auto price = call_price(S, K, T, v, r);
  // Each price depends on its own option alone, so the gradient of their sum holds every option's derivative.
  auto [delta, vega, dT, rho] = grad(sum(price), S, v, T, r);
  auto gamma = grad(sum(delta), S);
  auto greeks = function({S, K, T, v, r}, {price, delta, gamma, vega, -dT, rho}, {.name = "greeks"});

  std::vector<double> spot, strike, years, volatility, rate;
  for (double s : {80., 95., 100., 105., 130.})
    for (double t : {0.1, 1., 5.}) {
      spot.push_back(s), strike.push_back(100), years.push_back(t), volatility.push_back(0.1 + 0.05 * t), rate.push_back(0.03);
    }
  Outputs result = greeks(spot, strike, years, volatility, rate);

  double worst = 0;
  std::printf("%6s %6s %6s | %9s %9s %9s %9s %9s %9s\n", "spot", "years", "vol", "price", "delta", "gamma", "vega", "theta", "rho");
  for (std::size_t i = 0; i < spot.size(); ++i) {
    Row exact = closed_form(spot[i], strike[i], years[i], volatility[i], rate[i]);
    const double want[] = {exact.price, exact.delta, exact.gamma, exact.vega, exact.theta, exact.rho};
    std::printf("%6.0f %6.1f %6.3f |", spot[i], years[i], volatility[i]);
    for (std::size_t k = 0; k < result.size(); ++k) {
      double got = result[k].span<f64>()[i];
      worst = std::max(worst, std::abs(got - want[k]) / (1 + std::abs(want[k])));
      std::printf(" %9.5f", got);
    }
    std::printf("\n");
  }
  FunctionStats stats = greeks.stats();
  std::printf("%d kernels compute all six; largest difference from the closed forms: %.1e\n", stats.kernels, worst);
  return worst < 1e-12 ? 0 : 1;
}
