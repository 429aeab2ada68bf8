#include "download.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/text.h"
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LARGEST ((curl_off_t)2 << 30)
#define TRIES 5

typedef struct Download {
  const char *url, *path;
  char *part;
  int fd;
  CURL *curl;
  curl_off_t have;  /* bytes in the part file when this try began */
  bool placed;      /* the answer's kind is known and the file is positioned */
  bool write_error; /* errno_saved says why */
  int errno_saved;
  double shown; /* when progress was last printed */
  long status;
} Download;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int show_progress(void *data, curl_off_t total, curl_off_t done, curl_off_t up_total,
                         curl_off_t up_done) {
  Download *d = data;
  (void)up_total;
  (void)up_done;
  if (!isatty(STDERR_FILENO) || now() - d->shown < 0.2 || !done)
    return 0;
  d->shown = now();
  double arrived = (double)(d->have + done) / 1e6, all = (double)(d->have + total) / 1e6;
  if (total > 0)
    fprintf(stderr, "\r%s: %.1f of %.1f MB ", cyto_path_name(d->path), arrived, all);
  else
    fprintf(stderr, "\r%s: %.1f MB ", cyto_path_name(d->path), arrived);
  return 0;
}

/* A server that does not resume sends the file from its beginning: so do we begin again. */
static bool place(Download *d) {
  curl_easy_getinfo(d->curl, CURLINFO_RESPONSE_CODE, &d->status);
  if (d->status != 206)
    d->have = 0;
  d->placed = true;
  return ftruncate(d->fd, d->have) == 0 && lseek(d->fd, d->have, SEEK_SET) == d->have;
}

static size_t receive(char *bytes, size_t size, size_t count, void *data) {
  Download *d = data;
  size_t total = size * count, done = 0;
  bool fine = d->placed || place(d);
  while (fine && done < total) {
    ssize_t n = write(d->fd, bytes + done, total - done);
    fine = n >= 0 || errno == EINTR;
    done += n > 0 ? (size_t)n : 0;
  }
  if (!fine) {
    d->write_error = true;
    d->errno_saved = errno;
    return CURL_WRITEFUNC_ERROR;
  }
  return total;
}

static void set_options(Download *d) {
  CURL *c = d->curl;
  curl_easy_setopt(c, CURLOPT_URL, d->url);
  curl_easy_setopt(c, CURLOPT_USERAGENT, "cytoscribe/" CYTOSCRIBE_VERSION);
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(c, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 30L);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 10L);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, 60L);
  curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, LARGEST);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, d);
  curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, show_progress);
  curl_easy_setopt(c, CURLOPT_XFERINFODATA, d);
  curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
}

static bool fail_transfer(const Download *d, CURLcode code, const char *detail, CytoError *err) {
  if (d->write_error) {
    errno = d->errno_saved;
    return cyto_fail_errno(err, "write", d->part);
  }
  if (code == CURLE_HTTP_RETURNED_ERROR)
    return cyto_fail(err, CYTO_ERROR_IO, "%s: the server answers %ld%s", d->url, d->status,
                     d->status == 404   ? " (not found)"
                     : d->status == 403 ? " (forbidden)"
                                        : "");
  return cyto_fail(err, CYTO_ERROR_IO, "%s: %s%s", d->url,
                   *detail ? detail : curl_easy_strerror(code),
                   d->have ? "; what has arrived is kept, run the command again to go on" : "");
}

static curl_off_t part_size(const Download *d) {
  struct stat st;
  return fstat(d->fd, &st) == 0 ? st.st_size : 0;
}

/* The line was cut, or the server closed it too early. */
static bool is_cut(CURLcode code) {
  return code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
         code == CURLE_OPERATION_TIMEDOUT;
}

/* Tries until the file is whole; each cut is gone on with as long as it brings bytes. */
static bool transfer(Download *d, CytoError *err) {
  char detail[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(d->curl, CURLOPT_ERRORBUFFER, detail);
  CURLcode code = CURLE_OK;
  for (int i = 0; i < TRIES; i++) {
    d->have = part_size(d);
    d->placed = false;
    curl_easy_setopt(d->curl, CURLOPT_RESUME_FROM_LARGE, d->have);
    code = curl_easy_perform(d->curl);
    curl_easy_getinfo(d->curl, CURLINFO_RESPONSE_CODE, &d->status);
    /* 416: nothing comes after what we have, and whether that is the file nobody knows (libcurl
     * takes it for success). Begin again. */
    bool refused = d->have && (code == CURLE_RANGE_ERROR || d->status == 416);
    if (refused && ftruncate(d->fd, 0) == 0)
      continue;
    if (code == CURLE_OK)
      return true;
    if (!is_cut(code) || part_size(d) <= d->have)
      break;
  }
  d->have = part_size(d);
  return fail_transfer(d, code, detail, err);
}

/* The part file, locked: two downloads of one file do not mix. */
static bool open_part(Download *d, CytoError *err) {
  CytoStr part = {0};
  cyto_str_printf(&part, "%s.part", d->path);
  d->part = part.text;
  if (!d->part)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory");
  d->fd = open(d->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (d->fd < 0)
    return cyto_fail_errno(err, "write", d->part);
  if (flock(d->fd, LOCK_EX | LOCK_NB) != 0)
    return cyto_fail(err, CYTO_ERROR_IO, "another download of %s is running", d->path);
  return true;
}

static bool finish(Download *d, FetchCheck check, CytoError *err) {
  if (!check(d->part, err)) {
    unlink(d->part);
    return cyto_fail_prefix(err, "what arrived is not usable and was deleted");
  }
  if (fsync(d->fd) != 0 || rename(d->part, d->path) != 0)
    return cyto_fail_errno(err, "write", d->path);
  return true;
}

static void clear(Download *d) {
  if (d->shown > 0)
    fputc('\n', stderr);
  if (d->fd >= 0)
    close(d->fd);
  curl_easy_cleanup(d->curl);
  free(d->part);
}

bool fetch_file(const char *url, const char *path, FetchCheck check, bool *missing,
                CytoError *err) {
  CYTO_CLEANUP(clear) Download d = {.url = url, .path = path, .fd = -1, .curl = curl_easy_init()};
  if (!d.curl)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory");
  if (!open_part(&d, err))
    return false;
  set_options(&d);
  bool fine = transfer(&d, err);
  if (missing)
    *missing = !fine && d.status == 404;
  if (!fine && part_size(&d) == 0)
    unlink(d.part);
  return fine && finish(&d, check, err);
}
