// What is wanted of cargo's JSON, or nothing where it is something else.
#ifndef DFE_LIB_BUILD_CARGO_JSON_H_
#define DFE_LIB_BUILD_CARGO_JSON_H_

#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace dfe {

inline std::vector<std::string> Strings(const nlohmann::json& node) {
  std::vector<std::string> out;
  if (!node.is_array()) return out;
  for (const nlohmann::json& item : node) {
    if (item.is_string()) out.push_back(item.get<std::string>());
  }
  return out;
}

inline std::string Text(const nlohmann::json& object, const char* key) {
  auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

inline nlohmann::json Member(const nlohmann::json& object, const char* key) {
  auto it = object.find(key);
  return it != object.end() ? *it : nlohmann::json();
}

}  // namespace dfe

#endif  // DFE_LIB_BUILD_CARGO_JSON_H_
