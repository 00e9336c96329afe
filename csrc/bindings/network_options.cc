#include "bindings/network_options.h"

#include <string>
#include <utility>
#include <vector>

#include "bindings/call_options.h"
#include "bindings/errors.h"
#include "bindings/profile_options.h"
#include "bindings/recorder_type.h"

namespace locust_like::bindings {
namespace {

bool texts_of(PyObject* sequence, std::vector<std::string>& texts) {
  Ref items = Ref::steal(PySequence_Fast(sequence, "expected a sequence of str"));
  if (!items) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i) {
    texts.emplace_back();
    if (!utf8_of(PySequence_Fast_GET_ITEM(items.get(), i), texts.back())) return false;
  }
  return true;
}

// Gives each text of an option's sequence to `take`. False: exception set, which names the option.
bool each_text(const char* option, PyObject* sequence, client::TargetRules& rules,
               Status (client::TargetRules::*take)(std::string_view)) {
  std::vector<std::string> texts;
  if (!texts_of(sequence, texts)) return false;
  for (const std::string& text : texts) {
    const Status status = (rules.*take)(text);
    if (!status.ok()) {
      const std::string message = std::string(option) + " " + status.message();
      return raise_status({status.code(), message}) != nullptr;
    }
  }
  return true;
}

// Profiles that are made from now on are others.
void forget_profiles(RecorderObject* recorder) { PyDict_Clear(recorder->profiles); }

bool read_order(const char* select, const char* policy, loop::AddressOrder& order) {
  const auto choice = loop::AddressOrder::parse_choice(select);
  if (!choice.ok()) return raise_status(choice.status()) != nullptr;
  const auto families = loop::AddressOrder::parse_families(policy);
  if (!families.ok()) return raise_status(families.status()) != nullptr;
  order = {.families = families.value(), .choice = choice.value()};
  return true;
}

}  // namespace

bool read_source_addresses(PyObject* sequence,
                           std::shared_ptr<const client::SourceAddresses>& out) {
  std::vector<std::string> texts;
  if (!texts_of(sequence, texts)) return false;
  std::vector<loop::Address> addresses;
  for (const std::string& text : texts) {
    auto address = loop::Address::parse(text, 0);
    if (!address.ok()) return raise_status(address.status()) != nullptr;
    addresses.push_back(address.value());
  }
  out = addresses.empty() ? nullptr : std::make_shared<const client::SourceAddresses>(addresses);
  return true;
}

PyObject* recorder_set_targets(PyObject* object, PyObject* args, PyObject* kwargs) {
  static const char* keywords[] = {"resolve", "block", "allow", nullptr};
  PyObject *resolve = nullptr, *block = nullptr, *allow = nullptr;
  if (PyArg_ParseTupleAndKeywords(args, kwargs, "OOO:set_targets", const_cast<char**>(keywords),
                                  &resolve, &block, &allow) == 0) {
    return nullptr;
  }
  auto rules = std::make_shared<client::TargetRules>();
  const bool taken = each_text("--resolve", resolve, *rules, &client::TargetRules::add_addresses) &&
                     each_text("--block", block, *rules, &client::TargetRules::block) &&
                     each_text("--allow-target", allow, *rules, &client::TargetRules::allow);
  if (!taken) return nullptr;
  auto* self = reinterpret_cast<RecorderObject*>(object);
  self->targets = std::move(rules);
  forget_profiles(self);
  Py_RETURN_NONE;
}

PyObject* recorder_set_network(PyObject* object, PyObject* args, PyObject* kwargs) {
  static const char* keywords[] = {"source_addresses", "dns_servers", "dns_system", "dns_ttl_s",
                                   "dns_select",       "dns_policy",  nullptr};
  PyObject *sources = nullptr, *servers = nullptr, *ttl = Py_None;
  int system = 0;
  const char *select = "first", *policy = "any";
  if (PyArg_ParseTupleAndKeywords(args, kwargs, "OO|pOss:set_network", const_cast<char**>(keywords),
                                  &sources, &servers, &system, &ttl, &select, &policy) == 0) {
    return nullptr;
  }
  std::shared_ptr<const client::SourceAddresses> addresses;
  auto names = std::make_shared<loop::Resolver::Options>();
  names->system = system != 0;
  if (!read_source_addresses(sources, addresses) || !texts_of(servers, names->servers) ||
      !read_order(select, policy, names->order)) {
    return nullptr;
  }
  if (ttl != Py_None) {
    const double seconds = PyFloat_AsDouble(ttl);
    if (seconds == -1.0 && PyErr_Occurred() != nullptr) return nullptr;
    constexpr double kAlwaysS = 1e9;
    names->ttl = seconds > kAlwaysS
                     ? Nanos::max()
                     : std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(seconds));
  }
  auto* self = reinterpret_cast<RecorderObject*>(object);
  self->sources = std::move(addresses);
  const bool as_usual = names->servers.empty() && !names->system && !names->ttl &&
                        names->order == loop::AddressOrder{};
  self->dns = as_usual ? nullptr : std::move(names);
  forget_profiles(self);
  Py_RETURN_NONE;
}

}  // namespace locust_like::bindings
