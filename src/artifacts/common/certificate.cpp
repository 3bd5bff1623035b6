#include "artifacts/common/certificate.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace exhibit {
namespace {

template<auto Free> struct Freed {
    template<typename T> void operator()(T* object) const { Free(object); }
};
using OwnedCertificate = std::unique_ptr<X509, Freed<X509_free>>;
using OwnedBio = std::unique_ptr<BIO, Freed<BIO_free>>;

std::string digest_of(Bytes bytes, EVP_MD const* kind)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, kind, nullptr);
    std::string out;
    for (unsigned i = 0; i != size; ++i)
        out += fmt::format("{:02x}", digest.at(i));
    return out;
}

std::string text_of(X509_NAME const* name)
{
    constexpr std::size_t longest = 4096;
    OwnedBio const bio { BIO_new(BIO_s_mem()) };
    if (!bio || name == nullptr
        || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_SEP_CPLUS_SPC | ASN1_STRFLGS_UTF8_CONVERT) < 0)
        return {};
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio.get(), &data);
    return size <= 0 ? std::string {}
                     : std::string { data, std::min(static_cast<std::size_t>(size), longest) };
}

Time time_of(ASN1_TIME const* time)
{
    std::tm parts {};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    return Time::iso(fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900,
        parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec));
}

} // namespace

CertificateFacts read_certificate(Bytes der)
{
    CertificateFacts facts;
    facts.sha256 = digest_of(der, EVP_sha256());
    facts.sha1 = digest_of(der, EVP_sha1());
    facts.md5 = digest_of(der, EVP_md5());
    auto const* at = reinterpret_cast<unsigned char const*>(der.data());
    OwnedCertificate const certificate { d2i_X509(nullptr, &at, static_cast<long>(der.size())) };
    if (!certificate)
        return facts;
    facts.subject = text_of(X509_get_subject_name(certificate.get()));
    facts.issuer = text_of(X509_get_issuer_name(certificate.get()));
    facts.valid_from = time_of(X509_get0_notBefore(certificate.get()));
    facts.valid_to = time_of(X509_get0_notAfter(certificate.get()));
    return facts;
}

std::optional<std::string> der_of_pem(std::string_view text)
{
    constexpr std::size_t longest = 1U << 20U;
    constexpr std::string_view first_line = "-----BEGIN CERTIFICATE-----";
    auto const begin = text.find(first_line);
    if (begin == text.npos)
        return std::nullopt;
    text = text.substr(begin, longest);
    OwnedBio const bio { BIO_new_mem_buf(text.data(), static_cast<int>(text.size())) };
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    if (!bio || PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1)
        return std::nullopt;
    std::string der { reinterpret_cast<char const*>(data), static_cast<std::size_t>(size) };
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
    return der;
}

std::optional<std::string> from_hex(std::string_view text)
{
    auto const digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0'
            : c >= 'a' && c <= 'f'  ? c - 'a' + 10
            : c >= 'A' && c <= 'F'  ? c - 'A' + 10
                                    : -1;
    };
    if (text.size() % 2 != 0)
        return std::nullopt;
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        auto const high = digit(text[i]);
        auto const low = digit(text[i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

} // namespace exhibit
