// RecordingSink: a StreamSink that writes down what a codec told it, for comparison as one string.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "http/codec.h"

namespace locust_like::http {

class RecordingSink final : public StreamSink {
 public:
  ResponseHead& head() override { return head_; }
  void on_head() override {
    heads += 1;
    if (when_head) when_head();
  }
  Take on_body(std::string_view piece) override {
    body.append(piece);
    if (when_body) when_body();
    if (body.size() > max_body_bytes) return Take::kRefused;
    return keeps ? Take::kKept : Take::kTaken;
  }
  void on_complete() override {
    completed += 1;
    if (when_complete) when_complete();
  }
  void on_failed(Status why) override {
    failed += 1;
    status = std::move(why);
  }
  void on_refused(Status why) override {
    refused += 1;
    status = std::move(why);
  }
  void on_traffic(size_t received, size_t sent) override {
    received_bytes += received;
    sent_bytes += sent;
  }
  void on_piece_wanted() override { wanted += 1; }
  int ends() const { return completed + failed + refused; }

  // Everything that must not depend on how the bytes were cut (the text of an error may).
  std::string summary() const {
    std::string text = std::to_string(head_.status) + " " + head_.reason +
                       (head_.keep_alive ? " keep" : " close") + "\n";
    for (size_t i = 0; i < head_.headers.size(); ++i) {
      text.append(head_.headers.at(i).first).append("=").append(head_.headers.at(i).second) += "\n";
    }
    return text + body + "\nheads " + std::to_string(heads) + " completed " +
           std::to_string(completed) + " failed " + std::to_string(failed) + " " +
           std::string(code_name(status.code()));
  }

  int heads = 0;
  int completed = 0;
  int failed = 0;
  int refused = 0;
  int wanted = 0;  // pieces of the body
  size_t received_bytes = 0;
  size_t sent_bytes = 0;
  std::string body;
  Status status;
  size_t max_body_bytes = SIZE_MAX;
  bool keeps = false;
  std::function<void()> when_head, when_body, when_complete;

 private:
  ResponseHead head_;
};

}  // namespace locust_like::http
