// Call: one client.x(). Follows redirects, sends again what a server has certainly not processed,
// and ends in exactly one Sample.
//
// Design: the object crosses threads as a whole. The submitter fills `request` (and only it may
// touch the call until it is handed over); from start() to on_call_done() it belongs to the I/O
// thread; afterwards the submitter reads `reply` and `sample`. Buffers are reused by the next call
// made with the same object, so a steady state allocates nothing.
// A streamed call (request.streams) goes to and fro: the submitter gets it at the head of the reply
// (on_call_paused) and hands it over again for each piece of the body, until the last one comes
// with on_call_done. While the submitter has it, the I/O thread touches only what is private:
// pieces gather in a queue, whose length is bounded by not reading on (Exchange::consume).
// So does a call whose body comes in pieces (request.uploads), once for each piece that there is
// room for: while the submitter makes it, request.body, request.step and reply.wants are the
// submitter's, and all else stays the I/O thread's. What ends meanwhile is handled afterwards.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/body_queue.h"
#include "client/digest_auth.h"
#include "client/digest_nonces.h"
#include "client/exchange.h"
#include "client/options.h"
#include "client/services.h"
#include "http/cookies.h"
#include "loop/address.h"
#include "loop/timing_wheel.h"
#include "stats/capture.h"
#include "stats/sample.h"

namespace locust_like::client {

class Pool;

struct CallRequest {
  // What the I/O thread is to do with a call that it is handed.
  enum class Step : uint8_t {
    kStart,
    kNext,       // streamed: wait for the next piece of the body
    kEnd,        // streamed: nobody wants the rest
    kPiece,      // uploads: `body` is the next piece
    kLastPiece,  // uploads: and the body ends with it
    kFail,       // uploads: there is no next piece, `body` is the reason
  };

  std::shared_ptr<const PreparedRequest> prepared;
  std::shared_ptr<const Profile> profile;
  std::string extra_head;  // rendered "Name: value\r\n" lines; a redirect takes out what must go
  std::string cookies;     // "a=1; b=2", sent as far as the first origin reaches
  std::string body;
  // Uploads: what the pieces are together; absent: nobody knows. REQUIRES: they keep to it.
  std::optional<uint64_t> upload_bytes;
  // The user's jar; null: it has none yet. A reply that sets cookies then makes one, for the
  // submitter to adopt.
  std::shared_ptr<http::CookieJar> jar;
  std::shared_ptr<const DigestCredentials> digest;  // answers a 401; null: it is the result
  bool has_body = false;
  bool uploads = false;  // the body comes in pieces, and has_body
  bool rewinds = false;  // uploads: the submitter can begin again
  bool follow_redirects = true;
  bool discard_body = false;  // reply.body stays empty; the sample counts what came
  bool streams = false;       // the submitter takes the body of the final reply in pieces
  Step step = Step::kStart;
  bool cancelled = false;  // given up before it crossed to the I/O thread
  Nanos connect_timeout{0};
  Nanos read_timeout{0};
  Nanos total_timeout{0};
  NameId name;
};

struct Hop {
  int status = 0;
  std::string url;  // that answered with this status
  std::string reason;
  http::Headers headers;
};

struct CallReply {
  // What a call that comes back before its end asks of its submitter.
  enum class Wants : uint8_t {
    kNothing,  // to read: the head, or a piece of the body, is there
    kPiece,
    kFirstPiece,  // from the beginning: the body is sent again
  };

  Status status;  // ok also for HTTP errors: then head.status tells
  http::ResponseHead head;
  std::string body;          // as it came, still content-encoded; streamed: the next piece
  std::vector<Hop> history;  // redirects followed, oldest first
  std::string final_url;     // only when redirected
  loop::Address remote_address;
  TimePoint taken_up;  // the I/O thread began with the call
  TimePoint last_byte;
  Wants wants = Wants::kNothing;
  bool complete = false;  // false: a streamed call goes on
};

class Call;

class CallOwner {
 public:
  virtual ~CallOwner() = default;
  // `sample` and `reply` are complete; sample.failure_text views reply.status.
  virtual void on_call_done(Call& call) = 0;
  // Streamed: `reply` has the head, or a piece of the body; the call waits for what the submitter
  // wants next. Its figures are those at the head. Or reply.wants says what the call waits for.
  virtual void on_call_paused(Call& call) = 0;
};

class Call : public stats::CaptureSource, private Exchange::Owner, private loop::Timer {
 public:
  Call();
  ~Call() override;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  CallRequest request;
  CallReply reply;
  stats::Sample sample;

  // Empties reply and sample, keeps buffers. Thread: the submitter's.
  void reset();

  // Thread: the loop's, as is everything below. Owner is told once, perhaps inside start().
  void start(Pool& pool, Services& services, CallOwner& owner);
  // After on_call_paused(): what request.step says. The owner is told, perhaps inside.
  void go_on();
  // Ends as cancelled; the owner is told inside this call. No-op when done.
  void cancel();
  bool running() const { return owner_ != nullptr; }

  // Once done, until reset(), whoever it belongs to: the request of the last exchange, which a
  // redirect may have made, and whether the body went with it.
  const PreparedRequest& current() const { return hop_ ? *hop_ : *request.prepared; }
  bool body_dropped() const { return body_dropped_; }
  // The same: the last exchange as people may see it.
  std::shared_ptr<const stats::Capture> capture() const override;

 private:
  // What the I/O thread keeps of a streamed reply; the submitter never looks at it.
  struct Streaming {
    BodyQueue pieces;  // empty while the submitter waits
    Status end;        // how the body ended; with `ended`
    TimePoint awaited_since;
    bool awaited = true;  // the submitter waits; false: it has the call
    bool ended = false;
  };

  // What the I/O thread keeps of a body that comes in pieces.
  struct Upload {
    Status end;  // how the exchange ended; with `ended`
    TimePoint taken_up;
    uint64_t bytes = 0;  // that were taken up for this exchange
    bool lent = false;   // the submitter has the call, to make a piece
    bool begun = false;  // it has made some of this body
    bool again = false;  // and has to begin again
    bool ended = false;  // meanwhile
    bool done = false;   // no more pieces are wanted
  };

  void on_exchange_done(Status status) override;
  bool on_exchange_head() override;
  void on_exchange_body(std::string_view piece) override;
  void on_exchange_wants_piece() override;
  void on_timer() override;

  void send(bool may_reuse);
  // Puts the Cookie line of the coming exchange behind the call's own lines.
  void add_cookies();
  void store_cookies();
  // A 401 that may yet be answered.
  bool may_be_challenged() const;
  // Sends the request again with the answer to the challenge of a 401; false when there is none.
  bool answer_challenge();
  // Answers what an earlier call was challenged with, before it is asked again.
  void answer_ahead();
  bool answer(DigestNonce& nonce);
  void retry();
  // Adds what the ended exchange cost to the sample.
  void account();
  bool may_retry(const Status& status) const;
  bool is_redirect() const;
  Status follow_redirect();
  void arm_timer();
  void time_out(Code code, Nanos limit);
  // From the head of a streamed reply on: hands the next piece over, or how the body ended.
  void deliver();
  void pause();
  void end_stream(Status status);
  void finish_stream();
  // Of a body in pieces.
  http::RequestBody begin_upload();
  void go_on_uploading();
  bool uploading() const { return upload_ && !upload_->done; }
  // It cannot be sent again.
  bool body_is_spent() const { return upload_ && upload_->begun && !request.rewinds; }

  // Somebody waits for bytes, and since when; a streamed call may be with its submitter.
  bool waits_for_bytes() const;
  TimePoint silent_since() const;

  void finish(Status status);
  void fill_sample(const Status& status);

  Exchange exchange_;
  std::unique_ptr<Streaming> streaming_;  // from the head of a streamed reply on
  std::unique_ptr<Upload> upload_;        // null: the body, if there is one, was there at once
  Pool* pool_ = nullptr;
  Services* services_ = nullptr;
  CallOwner* owner_ = nullptr;
  std::shared_ptr<const PreparedRequest> hop_;  // what a redirect made; null on the first exchange
  size_t given_lines_bytes_ = 0;                // of extra_head; the answer to a challenge follows
  size_t own_lines_bytes_ = 0;                  // with that; a Cookie line follows
  bool challenged_ = false;                     // the current URL was challenged
  bool body_dropped_ = false;                   // a redirect turned the call into a GET
  bool left_origin_ = false;                    // a redirect led to another one
};

// True for statuses that count as success when the script says nothing: 1-399.
inline bool is_success_status(int status) { return status > 0 && status < 400; }

}  // namespace locust_like::client
