#include "base/file.h"
#include "base/image.h"
#include "base/mem.h"
#include "base/text.h"
#include "check.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <signal.h>

static char folder[] = "/tmp/cyto-test-XXXXXX";

static char *in_folder(const char *name) {
  return cyto_path_join(folder, name);
}

static size_t files_in_folder(void) {
  DIR *dir = opendir(folder);
  size_t n = 0;
  while (dir && readdir(dir))
    n++;
  closedir(dir);
  return n - 2;
}

static void a_write_replaces_the_file_whole(void) {
  CYTO_AUTOFREE char *path = in_folder("a.bin");
  CytoError err = {0};
  REQUIRE(cyto_file_write(path, "old", 3, &err));
  CytoWriter writer = {0};
  REQUIRE(cyto_writer_begin(&writer, path, &err));
  fputs("new and longer", writer.stream);
  uint8_t *data = NULL;
  size_t size = 0;
  REQUIRE(cyto_file_read(path, 0, &data, &size, &err));
  CHECK(size == 3 && memcmp(data, "old", 4) == 0);
  free(data);
  REQUIRE(cyto_writer_commit(&writer, &err));
  REQUIRE(cyto_file_read(path, 0, &data, &size, &err));
  CHECK(size == 14 && data[14] == 0);
  free(data);
  CytoMap map;
  REQUIRE(cyto_file_map(path, &map, &err));
  CHECK(map.size == 14 && memcmp(map.data, "new and longer", 14) == 0);
  cyto_file_unmap(&map);
  struct stat st;
  CHECK(stat(path, &st) == 0 && (st.st_mode & 0600) == 0600);
  CHECK(files_in_folder() == 1);
}

static void an_aborted_write_leaves_nothing(void) {
  CYTO_AUTOFREE char *path = in_folder("a.bin");
  CytoError err = {0};
  size_t before = files_in_folder();
  CytoWriter writer = {0};
  REQUIRE(cyto_writer_begin(&writer, path, &err));
  CHECK(files_in_folder() == before + 1);
  cyto_writer_abort(&writer);
  cyto_writer_abort(&writer);
  CHECK(files_in_folder() == before);
}

/* A file size limit stands in for a full disk: the write fails, the old bytes stay. */
static void a_full_disk_keeps_the_old_file(void) {
  CYTO_AUTOFREE char *path = in_folder("full.bin");
  CytoError err = {0};
  REQUIRE(cyto_file_write(path, "precious", 8, &err));
  size_t before = files_in_folder();
  struct rlimit old, small = {4096, RLIM_INFINITY};
  getrlimit(RLIMIT_FSIZE, &old);
  small.rlim_max = old.rlim_max;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  CYTO_AUTOFREE char *big = calloc(100000, 1);
  bool wrote = cyto_file_write(path, big, 100000, &err);
  setrlimit(RLIMIT_FSIZE, &old);
  CHECK(!wrote && err.code == CYTO_ERROR_IO && strstr(err.text, "full.bin"));
  uint8_t *data = NULL;
  size_t size = 0;
  REQUIRE(cyto_file_read(path, 0, &data, &size, &err));
  CHECK(size == 8 && memcmp(data, "precious", 8) == 0);
  free(data);
  CHECK(files_in_folder() == before);
}

static void holds(const char *path, const char *text) {
  CYTO_AUTOFREE uint8_t *data = NULL;
  CytoError err = {0};
  size_t size;
  REQUIREF(cyto_file_read(path, 0, &data, &size, &err), "%s", err.text);
  CHECKF(size == strlen(text) && memcmp(data, text, size) == 0, "%s: %s", path, (char *)data);
}

static void links_and_pipes_stay_what_they_are(void) {
  CYTO_AUTOFREE char *file = in_folder("there.txt");
  CYTO_AUTOFREE char *link = in_folder("link.txt");
  CYTO_AUTOFREE char *pipe = in_folder("pipe");
  CytoError err = {0};
  CytoWriter writer = {0};
  struct stat status;
  char read_back[8] = "";
  REQUIRE(cyto_file_write(file, "old", 3, &err) && symlink("there.txt", link) == 0);
  CHECKF(cyto_file_write(link, "newer", 5, &err), "%s", err.text);
  CHECK(lstat(link, &status) == 0 && S_ISLNK(status.st_mode));
  holds(file, "newer");
  CHECK(cyto_path_same(file, link) && !cyto_path_same(file, folder));
  REQUIRE(mkfifo(pipe, 0600) == 0);
  int end = open(pipe, O_RDWR | O_CLOEXEC); /* so that neither side waits for the other */
  REQUIRE(end >= 0);
  CHECKF(cyto_file_write(pipe, "through", 7, &err), "%s", err.text);
  CHECK(read(end, read_back, 7) == 7 && strcmp(read_back, "through") == 0);
  close(end);
  CHECK(!cyto_writer_begin(&writer, pipe, &err) && strstr(err.text, "a device or a pipe"));
  CHECK(lstat(pipe, &status) == 0 && S_ISFIFO(status.st_mode));
  unlink(file);
  unlink(link);
  unlink(pipe);
}

static void what_is_not_a_file_is_named(void) {
  CytoError err = {0};
  uint8_t *data = NULL;
  size_t size = 0;
  CHECK(!cyto_file_read(folder, 0, &data, &size, &err) && strstr(err.text, "a folder"));
  CHECK(!cyto_file_read("/dev/zero", 0, &data, &size, &err) && strstr(err.text, "device"));
  CHECK(!cyto_file_read("/nowhere/x", 0, &data, &size, &err) && err.code == CYTO_ERROR_IO);
  CHECK(!cyto_file_write(folder, "x", 1, &err) && strstr(err.text, "folder"));
  CHECK(!cyto_file_write("/nowhere/x", "x", 1, &err));
  CYTO_AUTOFREE char *path = in_folder("a.bin");
  CHECK(!cyto_file_read(path, 5, &data, &size, &err) && err.code == CYTO_ERROR_LIMIT);
}

static void paths_come_apart(void) {
  struct {
    const char *path, *folder, *name, *stem;
  } cases[] = {{"a/b.ome.tif", "a", "b.ome.tif", "b.ome"},
               {"x", ".", "x", "x"},
               {"/x.png", "/", "x.png", "x"},
               {"a.b/c", "a.b", "c", "c"},
               {".hidden", ".", ".hidden", ".hidden"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CYTO_AUTOFREE char *dir = cyto_path_folder(cases[i].path);
    CYTO_AUTOFREE char *stem = cyto_path_stem(cases[i].path);
    CHECK_STR(dir, cases[i].folder);
    CHECK_STR(stem, cases[i].stem);
    CHECK_STR(cyto_path_name(cases[i].path), cases[i].name);
  }
}

static void what_lies_beside_the_program_is_found(void) {
  static const char *const places[] = {"no-such-thing", ".", "..", NULL}, *const none[] = {"no",
                                                                                           NULL};
  CYTO_AUTOFREE char *folder_beside = cyto_path_beside_program(places, cyto_path_is_folder);
  REQUIRE(folder_beside != NULL);
  CHECKF(cyto_has_suffix(folder_beside, "/."), "%s", folder_beside);
  CHECK(cyto_path_beside_program(none, cyto_path_exists) == NULL);
  static const char *const self[] = {"test-base-file", NULL};
  CYTO_AUTOFREE char *program = cyto_path_beside_program(self, cyto_path_is_program);
  CHECK(program != NULL);
}

static void absurd_images_are_refused(void) {
  CytoError err = {0};
  size_t bytes = 0, huge[5] = {1, 1, 3, 1u << 31, 1u << 31}, wrap[5] = {1, 1, SIZE_MAX, 9, 9},
         none[5] = {1, 1, 1, 0, 5};
  CHECK(!cyto_image_bytes(CYTO_U16, huge, 1 << 20, &bytes, &err) && err.code == CYTO_ERROR_LIMIT);
  CHECK(!cyto_image_bytes(CYTO_U16, wrap, 0, &bytes, &err) && err.code == CYTO_ERROR_LIMIT);
  CHECK(!cyto_image_bytes(CYTO_U16, none, 0, &bytes, &err) && err.code == CYTO_ERROR_FORMAT);
  CytoImage *image = cyto_image_new(CYTO_I16, 1, 2, 1, 2, 3, &err);
  REQUIRE(image != NULL);
  for (int i = 0; i < 12; i++)
    ((int16_t *)image->data)[i] = (int16_t)(i - 6);
  float plane[6];
  cyto_image_plane_f32(image, 0, 1, 0, plane);
  CHECK(plane[0] == 0 && plane[5] == 5);
  cyto_image_unref(cyto_image_ref(image));
  CHECK(image->refs == 1);
  cyto_image_unref(image);
}

int main(void) {
  if (!mkdtemp(folder))
    return 1;
  int status = check_main((CheckTest[]){TEST(a_write_replaces_the_file_whole),
                                        TEST(an_aborted_write_leaves_nothing),
                                        TEST(a_full_disk_keeps_the_old_file),
                                        TEST(links_and_pipes_stay_what_they_are),
                                        TEST(what_is_not_a_file_is_named),
                                        TEST(paths_come_apart),
                                        TEST(what_lies_beside_the_program_is_found),
                                        TEST(absurd_images_are_refused),
                                        {0}});
  char command[200];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  return system(command) != 0 || status;
}
