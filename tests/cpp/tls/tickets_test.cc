// Resumption: short handshakes only where they were asked for, and only of the same server.
#include "tls/tickets.h"

#include <catch2/catch.hpp>

#include "tls/tls_pair.h"

using locust_like::testing::Certificates;
using locust_like::testing::client_context;
using locust_like::testing::server_context;
using locust_like::testing::TlsPair;
using locust_like::tls::Context;
using locust_like::tls::Session;
using locust_like::tls::Settings;
using locust_like::tls::Tickets;

namespace {

// Connects, exchanges a byte so that tickets arrive, and says whether the handshake was short.
bool resumes(const std::shared_ptr<Context>& client, const std::shared_ptr<Context>& server,
             Tickets& tickets, const std::string& name) {
  TlsPair::End near{Session(client, "app.test"), {}, {}, {}};
  TlsPair::End far{Session(server), {}, {}, {}};
  near.session.resume_from(tickets, name);
  REQUIRE(near.session.start(near.out).ok());
  for (int turn = 0; turn < 4; ++turn) {
    TlsPair::carry(near, far);
    TlsPair::carry(far, near);
  }
  REQUIRE(near.session.established());
  REQUIRE(far.session.established());
  CHECK(near.session.resumed() == far.session.resumed());
  return near.session.resumed();
}

}  // namespace

TEST_CASE("a second connection to the same server resumes, with each version") {
  const std::string version = GENERATE("1.2", "1.3");
  Certificates certificates;
  const Settings settings = {
      .ca_file = certificates.ca_file(), .max_version = version, .resumes = true};
  const auto client = client_context(settings);
  const auto server = server_context({.certificate_file = certificates.make({})});
  Tickets tickets;
  CHECK_FALSE(resumes(client, server, tickets, "one"));
  CHECK_FALSE(resumes(client, server, tickets, "other"));
  CHECK(resumes(client, server, tickets, "one"));
  CHECK(resumes(client, server, tickets, "one"));
  Tickets of_another_user;
  CHECK_FALSE(resumes(client, server, of_another_user, "one"));
}

TEST_CASE("nothing resumes unless it is asked for") {
  Certificates certificates;
  const auto client = client_context({.ca_file = certificates.ca_file()});
  const auto server = server_context({.certificate_file = certificates.make({})});
  Tickets tickets;
  CHECK_FALSE(resumes(client, server, tickets, "one"));
  CHECK_FALSE(resumes(client, server, tickets, "one"));
}

TEST_CASE("a ticket that the server does not know any more is a full handshake") {
  Certificates certificates;
  const auto client = client_context({.ca_file = certificates.ca_file(), .resumes = true});
  const std::string leaf = certificates.make({});
  Tickets tickets;
  CHECK_FALSE(resumes(client, server_context({.certificate_file = leaf}), tickets, "one"));
  CHECK_FALSE(resumes(client, server_context({.certificate_file = leaf}), tickets, "one"));
}
