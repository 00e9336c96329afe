#include "client/target_rules.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "http/url.h"

namespace locust_like::client {
namespace {

// Link-local services that give whoever asks the credentials of the machine.
bool hands_out_credentials(const loop::Address& address) {
  static const std::array<loop::Network, 3> kNetworks = {
      loop::Network::parse("169.254.169.254").value(),
      loop::Network::parse("fd00:ec2::254").value(), loop::Network::parse("fe80::/10").value()};
  return std::any_of(kNetworks.begin(), kNetworks.end(),
                     [&](const loop::Network& network) { return network.contains(address); });
}

Status blocked(const std::string& what) {
  return {Code::kBlockedTarget, what + " is a blocked target (--allow-target lifts it)"};
}

// As a URL would have it: lower case, without brackets. Empty: no host.
std::string host_of(std::string_view text) {
  const auto url = http::parse_url("http://" + std::string(text) + "/");
  const bool is_host = url.ok() && text.find_first_of("/?#@:") == std::string_view::npos;
  return is_host ? url.value().host : "";
}

std::string_view without_brackets(std::string_view ip) {
  const bool bracketed = ip.starts_with('[') && ip.ends_with(']');
  return bracketed ? ip.substr(1, ip.size() - 2) : ip;
}

}  // namespace

Status TargetRules::Targets::add(std::string_view text) {
  if (auto network = loop::Network::parse(without_brackets(text)); network.ok()) {
    networks.push_back(std::move(network).value());
    return {};
  }
  const bool whole_domain = text.starts_with("*.");
  const std::string host = host_of(whole_domain ? text.substr(2) : text);
  if (host.empty()) {
    return {Code::kInvalidArgument,
            "'" + std::string(text) + "' is neither an address, a network, a host nor *.domain"};
  }
  hosts.push_back(whole_domain ? "." + host : host);
  return {};
}

bool TargetRules::Targets::has(std::string_view host) const {
  if (host.ends_with('.')) host.remove_suffix(1);  // of a fully qualified name
  return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& one) {
    return one == host || (one.starts_with('.') && host.ends_with(one));
  });
}

bool TargetRules::Targets::has(const loop::Address& address) const {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const loop::Network& network) { return network.contains(address); });
}

Status TargetRules::add_addresses(std::string_view text) {
  const Status refused(Code::kInvalidArgument,
                       "'" + std::string(text) + "' is not HOST:PORT:ADDRESS[,ADDRESS...]");
  const size_t host_end = text.find(':');
  const size_t port_end = text.find(':', host_end + 1);
  if (host_end == std::string_view::npos || port_end == std::string_view::npos) return refused;
  const std::string_view name = text.substr(0, host_end);
  const std::string host = name == "*" ? "*" : host_of(name);
  const std::string_view digits = text.substr(host_end + 1, port_end - host_end - 1);
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (host.empty() || !whole || port == 0) return refused;
  loop::Addresses addresses;
  std::string_view rest = text.substr(port_end + 1);
  while (true) {
    const size_t comma = rest.find(',');
    const auto address = loop::Address::parse(without_brackets(rest.substr(0, comma)), port);
    if (!address.ok()) return refused;
    addresses.push_back(address.value());
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  addresses_[{host, port}] = std::move(addresses);
  return {};
}

Status TargetRules::block(std::string_view text) { return blocked_.add(text); }

Status TargetRules::allow(std::string_view text) { return allowed_.add(text); }

const loop::Addresses* TargetRules::addresses_of(const std::string& host, uint16_t port) const {
  if (addresses_.empty()) return nullptr;
  auto found = addresses_.find({host, port});
  if (found == addresses_.end()) found = addresses_.find({"*", port});
  return found == addresses_.end() ? nullptr : &found->second;
}

Status TargetRules::check_host(const std::string& host) const {
  if (const auto literal = loop::Address::parse(host, 0); literal.ok()) {
    return allowed(host, {literal.value()}).ok() ? Status() : blocked(host);
  }
  if (blocked_.has(host) && !allowed_.has(host)) return blocked(host);
  return {};
}

Result<loop::Addresses> TargetRules::allowed(const std::string& host,
                                             const loop::Addresses& found) const {
  if (allowed_.has(host)) return found;
  loop::Addresses left;
  std::copy_if(found.begin(), found.end(), std::back_inserter(left), [&](const auto& address) {
    const bool refused = blocked_.has(address) || hands_out_credentials(address);
    return !refused || allowed_.has(address);
  });
  if (left.empty() && !found.empty()) return blocked(host + " at " + found.front().to_string());
  return left;
}

}  // namespace locust_like::client
