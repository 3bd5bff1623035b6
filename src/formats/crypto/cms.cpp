#include "formats/crypto/cms.hpp"

#include "formats/crypto/openssl.hpp"

#include <limits>
#include <memory>
#include <openssl/cms.h>

namespace exhibit {
namespace {

struct FreeMessage {
    void operator()(CMS_ContentInfo* message) const { CMS_ContentInfo_free(message); }
};

} // namespace

Result<std::vector<std::byte>> signed_content(Bytes message)
{
    if (message.size() > static_cast<std::size_t>(std::numeric_limits<long>::max()))
        return fail(Fault::over_limit, "the signed message is larger than is read");
    auto const* at = as_openssl(message);
    std::unique_ptr<CMS_ContentInfo, FreeMessage> const parsed { d2i_CMS_ContentInfo(
        nullptr, &at, static_cast<long>(message.size())) };
    if (!parsed || OBJ_obj2nid(CMS_get0_type(parsed.get())) != NID_pkcs7_signed)
        return fail(Fault::malformed, "this is no signed message");
    auto* const* const content = CMS_get0_content(parsed.get());
    if (content == nullptr || *content == nullptr)
        return fail(Fault::malformed, "the signed message has no content");
    auto const* const data = reinterpret_cast<std::byte const*>(ASN1_STRING_get0_data(*content));
    return std::vector<std::byte>(data, data + ASN1_STRING_length(*content));
}

} // namespace exhibit
