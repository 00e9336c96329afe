#include "http/head_parser.h"

#include <llhttp.h>

#include <algorithm>
#include <new>
#include <utility>

namespace locust_like::http {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

llhttp_t* as_llhttp(std::byte* storage) {
  return std::launder(reinterpret_cast<llhttp_t*>(storage));
}

// Where a status line's code ends: behind "HTTP/1.1 200".
constexpr size_t kAfterStatusCode = 12;

}  // namespace

static_assert(sizeof(llhttp_t) <= 104, "HeadParser's storage must hold llhttp's state");

// llhttp's callbacks; a struct so that HeadParser can name it as its friend.
struct HeadCallbacks {
  static HeadParser& owner(llhttp_t* parser) { return *static_cast<HeadParser*>(parser->data); }

  static int refuse(HeadParser& self, const char* problem) {
    self.problem_ = problem;
    return HPE_USER;
  }

  static int on_line_text(llhttp_t* parser, const char* at, size_t size) {
    HeadParser& self = owner(parser);
    for (size_t i = 0; i < size; ++i) {
      const auto c = static_cast<unsigned char>(at[i]);
      if ((c < 0x20 && c != '\t') || c == 0x7f) {
        return refuse(self, "a control character in the first line");
      }
    }
    self.line_text_->append(at, size);
    return 0;
  }

  static int on_field(llhttp_t* parser, const char* at, size_t size) {
    HeadParser& self = owner(parser);
    if (!self.in_field_) {
      if (++self.fields_ > kMaxHeadFields) {
        self.too_large_ = true;
        return refuse(self, "more than 1000 header lines");
      }
      self.in_field_ = true;
      self.headers_->begin_field();
    }
    const std::string_view piece(at, size);
    if (piece.find(' ') != std::string_view::npos) {
      return refuse(self, "a blank in or around a header name");
    }
    self.headers_->append_name(piece);
    return 0;
  }

  static int on_value(llhttp_t* parser, const char* at, size_t size) {
    HeadParser& self = owner(parser);
    if (!self.in_field_) return refuse(self, "a header name is empty");
    self.headers_->append_value({at, size});
    return 0;
  }

  // Forgets the Content-Length that llhttp has noted: it refuses equal repetitions, which are
  // harmless, and read_framing() judges all of them anyway.
  static int on_value_complete(llhttp_t* parser) {
    HeadParser& self = owner(parser);
    if (!self.in_field_ || self.headers_->last_name_is_empty()) {
      return refuse(self, "a header name is empty");
    }
    self.headers_->end_field();
    self.in_field_ = false;
    parser->flags &= static_cast<uint16_t>(~F_CONTENT_LENGTH);
    parser->content_length = 0;
    return 0;
  }

  // The body is BodyReader's: llhttp never gets past the head.
  static int on_headers_complete(llhttp_t* /*parser*/) { return HPE_PAUSED; }

  static llhttp_settings_t make_settings() {
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_url = on_line_text;
    settings.on_status = on_line_text;
    settings.on_header_field = on_field;
    settings.on_header_value = on_value;
    settings.on_header_value_complete = on_value_complete;
    settings.on_headers_complete = on_headers_complete;
    return settings;
  }
};

HeadParser::HeadParser(Kind kind) : kind_(kind) {
  static const llhttp_settings_t settings = HeadCallbacks::make_settings();
  auto* parser = new (parser_) llhttp_t;
  llhttp_init(parser, kind == Kind::kRequest ? HTTP_REQUEST : HTTP_RESPONSE, &settings);
  parser->data = this;
}

void HeadParser::reset() {
  llhttp_reset(as_llhttp(parser_));
  problem_ = nullptr;
  head_bytes_ = 0;
  fields_ = 0;
  at_ = At::kBegin;
  held_bytes_ = 0;
  too_large_ = false;
  in_field_ = false;
}

Result<bool> HeadParser::parse(std::string_view& bytes, ResponseHead& head) {
  headers_ = &head.headers;
  line_text_ = &head.reason;
  Result<bool> complete = run(bytes);
  if (!complete.ok() || !complete.value()) return complete;
  const llhttp_t* parser = as_llhttp(parser_);
  head.status = parser->status_code;
  head.version_minor = parser->http_minor;
  if (parser->http_major != 1) return wrong("the version is not HTTP/1.x");
  if (head.status < 100 || head.status > 599) {
    return wrong("status " + std::to_string(head.status) + " is outside 100-599");
  }
  return true;
}

Result<bool> HeadParser::parse(std::string_view& bytes, RequestHead& head) {
  headers_ = &head.headers;
  line_text_ = &head.target;
  Result<bool> complete = run(bytes);
  if (!complete.ok() || !complete.value()) return complete;
  const llhttp_t* parser = as_llhttp(parser_);
  head.method = llhttp_method_name(static_cast<llhttp_method_t>(parser->method));
  head.version_minor = parser->http_minor;
  if (parser->http_major != 1) return wrong("the version is not HTTP/1.x");
  return true;
}

Result<bool> HeadParser::run(std::string_view& bytes) {
  const std::string_view window = bytes.substr(0, kMaxHeadBytes - head_bytes_);
  size_t at = 0;
  if (held_bytes_ > 0 && !release_held(window, at)) return refused();
  size_t fed = at;
  while (at < window.size() && at_ != At::kEnd) {
    if (!scan(window, at)) return refuse_after(window.substr(fed, at - fed));
    if (at_ == At::kFold) {
      // RFC 9112 5.2: CR LF and the blank behind it count as spaces.
      if (!feed(window.substr(fed, at - 2 - fed)) || !feed(" ")) return refused();
      fed = at;
      at_ = At::kLine;
    }
  }
  if (at_ == At::kLineLf) held_bytes_ = 1;
  if (at_ == At::kNextLine) held_bytes_ = 2;
  if (!feed(window.substr(fed, std::max(at - fed, size_t{held_bytes_}) - held_bytes_))) {
    return refused();
  }
  head_bytes_ += static_cast<uint32_t>(at);
  bytes.remove_prefix(at);
  if (at_ != At::kEnd && !bytes.empty()) {
    too_large_ = true;
    problem_ = "more than 256 KiB of header";
    return refused();
  }
  return at_ == At::kEnd;
}

// llhttp sees what came before the refused byte, so that its objection to an earlier one wins and
// the result does not depend on how the bytes were cut.
Status HeadParser::refuse_after(std::string_view unfed) {
  const char* problem = std::exchange(problem_, nullptr);
  if (at_ == At::kLineLf) unfed.remove_suffix(1);
  if (feed(unfed)) problem_ = problem;
  return refused();
}

bool HeadParser::release_held(std::string_view bytes, size_t& at) {
  if (held_bytes_ == 1 && at < bytes.size()) {
    if (!expect_lf(bytes[at], At::kNextLine, at)) return false;
    held_bytes_ = 2;
  }
  if (held_bytes_ == 2 && at < bytes.size()) {
    const bool is_fold = is_blank(bytes[at]);
    at_ = is_fold ? At::kLine : At::kLineStart;
    held_bytes_ = 0;
    return feed(is_fold ? " " : "\r\n");
  }
  return true;
}

bool HeadParser::scan(std::string_view bytes, size_t& at) {
  while (at < bytes.size()) {
    const char c = bytes[at];
    bool ok = true;
    switch (at_) {
      case At::kBegin:
      case At::kStartLine:
        ok = scan_start_line(bytes, at);
        break;
      case At::kBeginLf:
        ok = expect_lf(c, At::kBegin, at);
        break;
      case At::kStartLineLf:
        ok = expect_lf(c, At::kLineStart, at);
        break;
      case At::kNextLine:
        if (is_blank(c)) {
          at_ = At::kFold;
          return true;
        }
        ok = scan_line_begin(c, at);
        break;
      case At::kLineStart:
        ok = scan_line_begin(c, at);
        break;
      case At::kLine: {
        // llhttp itself refuses LF and other control characters inside a line.
        const size_t cr = bytes.find('\r', at);
        if (cr != std::string_view::npos) at_ = At::kLineLf;
        at = std::min(cr, bytes.size() - 1) + 1;
        break;
      }
      case At::kLineLf:
        ok = expect_lf(c, At::kNextLine, at);
        break;
      case At::kEndLf:
        return expect_lf(c, At::kEnd, at);
      case At::kFold:
      case At::kEnd:
        return true;
    }
    if (!ok) return false;
  }
  return true;
}

bool HeadParser::scan_start_line(std::string_view bytes, size_t& at) {
  if (at_ == At::kBegin) {
    if (bytes[at] == '\r' && kind_ == Kind::kRequest) {
      at_ = At::kBeginLf;
      ++at;
      return true;
    }
    if (bytes[at] == '\r' || bytes[at] == '\n') return refuse("an empty line comes first");
    at_ = At::kStartLine;
  }
  const size_t cr = bytes.find('\r', at);
  const size_t end = std::min(cr, bytes.size());
  const size_t lf = std::min(bytes.substr(0, end).find('\n', at), end);
  if (kind_ == Kind::kResponse && head_bytes_ <= kAfterStatusCode) {
    const size_t code_end = kAfterStatusCode - head_bytes_;
    if (code_end >= at && code_end < lf && bytes[code_end] != ' ') {
      at = code_end;
      return refuse("the status is not three digits");
    }
  }
  if (lf < end) {
    at = lf;
    return refuse("the first line ends in LF without CR");
  }
  if (cr != std::string_view::npos) at_ = At::kStartLineLf;
  at = std::min(cr, bytes.size() - 1) + 1;
  return true;
}

bool HeadParser::scan_line_begin(char c, size_t& at) {
  if (c == '\r') {
    at_ = At::kEndLf;
    ++at;
    return true;
  }
  if (c == '\n') return refuse("a line ends in LF without CR");
  at_ = At::kLine;
  return true;
}

bool HeadParser::expect_lf(char c, At next, size_t& at) {
  if (c != '\n') return refuse("CR without LF");
  at_ = next;
  ++at;
  return true;
}

bool HeadParser::feed(std::string_view bytes) {
  if (bytes.empty()) return true;
  llhttp_t* parser = as_llhttp(parser_);
  const llhttp_errno_t error = llhttp_execute(parser, bytes.data(), bytes.size());
  if (error == (at_ == At::kEnd ? HPE_PAUSED : HPE_OK)) return true;
  if (problem_ == nullptr) {
    const bool has_reason = error != HPE_OK && error != HPE_PAUSED && parser->reason != nullptr;
    problem_ = has_reason ? parser->reason : "the end of the header is not where it should be";
  }
  return false;
}

bool HeadParser::refuse(const char* problem) {
  problem_ = problem;
  return false;
}

Status HeadParser::refused() const {
  if (too_large_) return {Code::kTooLarge, std::string("header too large: ") + problem_};
  return wrong(problem_);
}

Status HeadParser::wrong(std::string_view what) const {
  std::string text =
      kind_ == Kind::kRequest ? "malformed HTTP/1 request: " : "malformed HTTP/1 reply: ";
  text.append(what);
  return {Code::kProtocol, std::move(text)};
}

}  // namespace locust_like::http
