// A comparison for people and for programs.
#include "croton/compare.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

namespace croton {

namespace {

using Json = nlohmann::ordered_json;

std::string number(double v, const char* format = "%.3g") {
  char text[40];
  std::snprintf(text, sizeof text, format, v);
  return text;
}

std::string padded(std::string text, std::size_t width) {
  std::size_t columns = 0;
  for (char c : text) columns += (c & 0xC0) != 0x80; // UTF-8
  if (columns < width) text.append(width - columns, ' ');
  return text + "  ";
}

using Table = std::vector<std::vector<std::string>>;

std::string text_of(const Table& table) {
  std::vector<std::size_t> widths;
  for (const auto& row : table)
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (k == widths.size()) widths.push_back(0);
      widths[k] = std::max(widths[k], row[k].size());
    }
  std::string text;
  for (const auto& row : table) {
    std::string line;
    for (std::size_t k = 0; k < row.size(); ++k) line += padded(row[k], widths[k]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return out;
}

std::string html_of(const Table& table) {
  std::string text = "<table>\n";
  for (std::size_t r = 0; r < table.size(); ++r) {
    const char* cell = r == 0 ? "th" : "td";
    bool bad = !table[r].empty() && table[r].back().starts_with("exceeds");
    text += bad ? "<tr class=bad>" : "<tr>";
    for (const std::string& c : table[r]) text += std::string("<") + cell + ">" + escaped(c) + "</" + cell + ">";
    text += "</tr>\n";
  }
  return text + "</table>\n";
}

Table device_table(const Comparison& c) {
  Table t{{"device", "compile ms", "call ms", "GB/s", "kernels", "library calls", "note"}};
  for (const auto& d : c.devices) {
    if (d.ran) t.push_back({d.name, number(d.compile_ms, "%.2f"), d.call_ms > 0 ? number(d.call_ms, "%.4f") : "", d.call_ms > 0 ? number(d.gigabytes_per_second) : "", std::to_string(d.kernels), std::to_string(d.library_calls), ""});
    else t.push_back({d.name, "", "", "", "", "", "did not run: " + d.note});
  }
  return t;
}

Table difference_table(const std::vector<Comparison::Difference>& list, const char* what, bool strict) {
  Table t{{what, "line", "device", "max abs", "max rel", "max ulp", "of the bound"}};
  if (strict) t[0].push_back("differing bits");
  t[0].push_back("");
  for (const auto& d : list) {
    t.push_back({d.what, d.where, d.device, number(d.absolute), number(d.relative), number(d.ulp), number(100 * d.share, "%.3g%%")});
    if (strict) t.back().push_back(std::to_string(d.differing));
    t.back().push_back(d.exceeds ? "exceeds" : "ok");
  }
  return t;
}

std::string sentence(const Comparison& c) {
  if (c.agree()) return c.strict ? "All devices agree, bit for bit.\n" : "All devices are within the bounds.\n";
  if (!c.first)
    return "No node differs by itself when every node is stored: the difference comes from how nodes were rewritten or fused.\n";
  const auto& f = *c.first;
  std::string text = "First to differ: " + f.what + (f.where.empty() ? "" : " (" + f.where + ")") + " on " + f.device;
  if (f.at >= 0) text += ": element " + std::to_string(f.at) + " is " + number(f.found, "%.9g") + ", expected " + number(f.expected, "%.9g") + " ± " + number(f.bound);
  return text + ".\n";
}

// JSON has no infinities.
Json finite(double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); }

Json json_of(const Comparison::Difference& d) {
  Json j{{"what", d.what}, {"where", d.where}, {"device", d.device}, {"max_absolute", finite(d.absolute)}, {"max_relative", finite(d.relative)},
         {"max_ulp", finite(d.ulp)}, {"share_of_bound", finite(d.share)}, {"differing_bits", d.differing}, {"exceeds", d.exceeds}};
  if (d.at >= 0) j["worst"] = {{"index", d.at}, {"found", finite(d.found)}, {"expected", finite(d.expected)}, {"bound", finite(d.bound)}};
  return j;
}

} // namespace

bool Comparison::agree() const {
  auto exceeds = [](const Difference& d) { return d.exceeds; };
  return std::none_of(outputs.begin(), outputs.end(), exceeds) && std::none_of(nodes.begin(), nodes.end(), exceeds);
}

std::string Comparison::text() const {
  std::string text = text_of(device_table(*this)) + "\n" + text_of(difference_table(outputs, "output", strict));
  if (!nodes.empty()) text += "\n" + text_of(difference_table(nodes, "node", strict));
  return text + "\n" + sentence(*this);
}

std::string Comparison::json() const {
  Json j{{"agree", agree()}, {"strict", strict}, {"bytes", bytes}};
  j["devices"] = Json::array();
  for (const Device& d : devices) {
    Json device{{"name", d.name}, {"ran", d.ran}};
    if (d.ran) device.update({{"compile_ms", d.compile_ms}, {"call_ms", d.call_ms}, {"gigabytes_per_second", d.gigabytes_per_second}, {"kernels", d.kernels}, {"library_calls", d.library_calls}});
    else device["note"] = d.note;
    j["devices"].push_back(std::move(device));
  }
  for (auto [name, list] : {std::pair{"outputs", &outputs}, std::pair{"nodes", &nodes}}) {
    j[name] = Json::array();
    for (const Difference& d : *list) j[name].push_back(json_of(d));
  }
  j["first"] = first ? json_of(*first) : Json(nullptr);
  return j.dump(2) + "\n";
}

std::string Comparison::html() const {
  std::string page = "<!doctype html>\n<html lang=en><meta charset=utf-8><title>Croton: devices compared</title>\n"
                     "<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1d2430}"
                     "table{border-collapse:collapse;margin:1rem 0;width:100%}th,td{text-align:left;padding:.3rem .8rem;border-bottom:1px solid #dde2ea;"
                     "font-variant-numeric:tabular-nums}th{color:#5b6577;font-weight:600}tr.bad td{background:#fdecea;color:#8c1d18}p{font-size:1.1rem}</style>\n"
                     "<h1>Devices compared</h1>\n<p>" + escaped(sentence(*this)) + "</p>\n";
  page += html_of(device_table(*this)) + "<h2>Outputs</h2>\n" + html_of(difference_table(outputs, "output", strict));
  if (!nodes.empty()) page += "<h2>Nodes</h2>\n" + html_of(difference_table(nodes, "node", strict));
  return page + "</html>\n";
}

void Comparison::print(std::ostream& out) const { out << text(); }
void Comparison::print() const { print(std::cout); }

} // namespace croton
