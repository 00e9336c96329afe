// Certificates made when a test asks for them: a CA and leaves signed by it, as PEM files in a
// directory of their own that goes with the object.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace locust_like::testing {

class Certificates {
 public:
  struct Leaf {
    std::string subject_alternatives = "DNS:app.test,IP:127.0.0.1,IP:::1";  // empty: none
    std::string common_name = "app.test";
    long valid_from_s = -3600;  // relative to now
    long valid_for_s = 86400;
    int rsa_bits = 0;  // zero: an EC key on P-256
    bool self_signed = false;
    bool by_intermediate = false;    // the CA signs an authority which signs the leaf
    bool sends_intermediate = true;  // its certificate is in the leaf's file
  };

  Certificates() : ca_key_(make_key(0)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "certificates-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
    ca_ = new_certificate(*ca_key_, {.subject_alternatives = "", .common_name = "Test CA"});
    X509_set_issuer_name(ca_.get(), X509_get_subject_name(ca_.get()));
    extend(*ca_, NID_basic_constraints, "critical,CA:TRUE");
    REQUIRE(X509_sign(ca_.get(), ca_key_.get(), EVP_sha256()) > 0);
    write(ca_file(), *ca_, nullptr);
  }
  ~Certificates() { std::filesystem::remove_all(directory_); }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  std::string ca_file() const { return directory_ + "/ca.pem"; }
  std::string directory() const { return directory_; }

  // The file with certificate and key.
  std::string make(const Leaf& leaf) {
    const Key key = make_key(leaf.rsa_bits);
    const Certificate certificate = new_certificate(*key, leaf);
    const Key between_key = make_key(0);
    const Certificate between = leaf.by_intermediate ? make_intermediate(*between_key) : nullptr;
    const Certificate& issuer = leaf.self_signed ? certificate : between ? between : ca_;
    const Key& signer = leaf.self_signed ? key : between ? between_key : ca_key_;
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
    if (!leaf.subject_alternatives.empty()) {
      extend(*certificate, NID_subject_alt_name, leaf.subject_alternatives);
    }
    REQUIRE(X509_sign(certificate.get(), signer.get(), EVP_sha256()) > 0);
    const std::string file = directory_ + "/leaf-" + std::to_string(++made_) + ".pem";
    write(file, *certificate, key.get());
    if (between && leaf.sends_intermediate) append(file, between.get(), PEM_write_X509);
    return file;
  }

  // A file with the CA and its list of revoked certificates, which has the leaf made last.
  std::string ca_file_revoking_last() {
    const std::unique_ptr<X509_CRL, Freed<X509_CRL_free>> list(X509_CRL_new());
    X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(ca_.get()));
    const std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME_free>> before(
        ASN1_TIME_adj(nullptr, time(nullptr), -1, 0));
    const std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME_free>> after(
        ASN1_TIME_adj(nullptr, time(nullptr), 1, 0));
    X509_CRL_set1_lastUpdate(list.get(), before.get());
    X509_CRL_set1_nextUpdate(list.get(), after.get());
    X509_REVOKED* revoked = X509_REVOKED_new();
    const std::unique_ptr<ASN1_INTEGER, Freed<ASN1_INTEGER_free>> serial(ASN1_INTEGER_new());
    ASN1_INTEGER_set(serial.get(), serial_);
    X509_REVOKED_set_serialNumber(revoked, serial.get());
    X509_REVOKED_set_revocationDate(revoked, before.get());
    X509_CRL_add0_revoked(list.get(), revoked);
    REQUIRE(X509_CRL_sign(list.get(), ca_key_.get(), EVP_sha256()) > 0);
    const std::string file = directory_ + "/ca-with-crl.pem";
    write(file, *ca_, nullptr);
    append(file, list.get(), PEM_write_X509_CRL);
    return file;
  }

 private:
  template <auto function>
  struct Freed {
    template <typename T>
    void operator()(T* pointer) const {
      function(pointer);
    }
  };
  using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
  using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

  static Key make_key(int rsa_bits) {
    Key key(rsa_bits > 0 ? EVP_RSA_gen(static_cast<unsigned>(rsa_bits)) : EVP_EC_gen("P-256"));
    REQUIRE(key != nullptr);
    return key;
  }

  Certificate new_certificate(EVP_PKEY& key, const Leaf& leaf) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), leaf.valid_from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), leaf.valid_from_s + leaf.valid_for_s);
    X509_set_pubkey(certificate.get(), &key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(leaf.common_name.c_str()), -1,
                               -1, 0);
    return certificate;
  }

  Certificate make_intermediate(EVP_PKEY& key) {
    Certificate made = new_certificate(key, {.common_name = "Test intermediate CA"});
    X509_set_issuer_name(made.get(), X509_get_subject_name(ca_.get()));
    extend(*made, NID_basic_constraints, "critical,CA:TRUE");
    REQUIRE(X509_sign(made.get(), ca_key_.get(), EVP_sha256()) > 0);
    return made;
  }

  template <typename T>
  static void append(const std::string& file, T* item, int (*write_pem)(std::FILE*, const T*)) {
    std::FILE* out = std::fopen(file.c_str(), "a");
    REQUIRE(out != nullptr);
    write_pem(out, item);
    std::fclose(out);
  }

  static void extend(X509& certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    REQUIRE(extension != nullptr);
    X509_add_ext(&certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  static void write(const std::string& file, X509& certificate, EVP_PKEY* key) {
    std::FILE* out = std::fopen(file.c_str(), "w");
    REQUIRE(out != nullptr);
    PEM_write_X509(out, &certificate);
    if (key != nullptr) PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
  }

  std::string directory_;
  Key ca_key_;
  Certificate ca_;
  long serial_ = 0;
  int made_ = 0;
};

}  // namespace locust_like::testing
