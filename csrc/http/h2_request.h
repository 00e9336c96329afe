// H2RequestFields: a request's head as the list of fields that HTTP/2 sends.
//
// Lives while nghttp2 copies the list; points into the template and the lines it was made from. For
// h2_codec.cc only. Thread: any one. Source: RFC 9113 section 8.2.2 (what may not be sent)
// and 8.3.1.
#pragma once

#include <nghttp2/nghttp2.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace locust_like::http {

class H2RequestFields {
 public:
  // `extra_head`: rendered "Name: value\r\n" lines. Fields that only mean something to one HTTP/1.1
  // connection are left out; `body_bytes` becomes Content-Length.
  H2RequestFields(const RequestTemplate& request, std::string_view extra_head,
                  std::optional<uint64_t> body_bytes);
  ~H2RequestFields();
  H2RequestFields(const H2RequestFields&) = delete;
  H2RequestFields& operator=(const H2RequestFields&) = delete;

  const nghttp2_nv* data() const { return fields_.data(); }
  size_t size() const { return fields_.size(); }

 private:
  void add(std::string_view name, std::string_view value);
  void add_unless_framing(std::string_view name, std::string_view value);

  std::vector<nghttp2_nv> fields_;
  std::array<char, 20> length_text_;
};

}  // namespace locust_like::http
