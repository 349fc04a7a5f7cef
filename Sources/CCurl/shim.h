#ifndef DRYDOCK_CCURL_SHIM_H
#define DRYDOCK_CCURL_SHIM_H

#include <curl/curl.h>

/* curl_easy_setopt and curl_easy_getinfo are variadic, and Swift calls no variadic C functions: one wrapper for each type of
   argument. The options' own types are curl's documentation's. */

typedef size_t (*dd_curl_data_callback)(char *data, size_t size, size_t count, void *context);
typedef int (*dd_curl_progress_callback)(void *context, curl_off_t download_total, curl_off_t download_now,
                                         curl_off_t upload_total, curl_off_t upload_now);

static inline CURLcode dd_curl_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode dd_curl_setopt_off(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode dd_curl_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode dd_curl_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode dd_curl_setopt_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode dd_curl_setopt_data_callback(CURL *handle, CURLoption option, dd_curl_data_callback value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode dd_curl_setopt_progress_callback(CURL *handle, dd_curl_progress_callback value) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}

typedef int (*dd_curl_seek_callback)(void *context, curl_off_t offset, int origin);

static inline CURLcode dd_curl_setopt_seek_callback(CURL *handle, dd_curl_seek_callback value) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, value);
}

static inline CURLcode dd_curl_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode dd_curl_getinfo_off(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode dd_curl_getinfo_string(CURL *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}

/* Whatever a registry answers, nothing but http and https is ever asked. The text form came with curl 7.85. */
static inline CURLcode dd_curl_only_http(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* A macro with a cast, which Swift does not import. */
static inline CURLcode dd_curl_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

#endif
