#include "check.h"
#include "io/listing.h"
#include "base/file.h"
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static const char *const FILES[] = {"img10.tif",
                                    "img2.TIF",
                                    "img2_cp_masks.png",
                                    "img2_masks.tif",
                                    "img2_flows.tif",
                                    "img2_flows_0.tif",
                                    "img2_cp_output.png",
                                    "img2_seg.npy",
                                    "img2.npy",
                                    "notes.txt",
                                    ".hidden.tif",
                                    "a.Jpeg",
                                    "b.nd2",
                                    "c.dax",
                                    "tiff",
                                    "x_red.png",
                                    "x_my.png",
                                    "sub/deep1.tif",
                                    "sub/low/er.tif",
                                    "Zelle_ä.png",
                                    "x_seg.tif"};

/* Names after the folder, joined by spaces. */
static void expect(const CytoFileList *list, const char *expected) {
  char joined[1024] = "";
  for (size_t i = 0; i < list->count; i++)
    snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", i ? " " : "",
             list->path[i] + strlen(folder) + 1);
  CHECK_STR(joined, expected);
}

static void expect_folder(CytoListOptions options, const char *expected) {
  CytoFileList list = {0};
  CytoError err = {0};
  REQUIREF(cyto_list_folder(folder, &options, &list, &err), "%s", err.text);
  expect(&list, expected);
  cyto_file_list_clear(&list);
}

static void folder_in_natural_order(void) {
  expect_folder((CytoListOptions){0},
                "Zelle_ä.png a.Jpeg b.nd2 c.dax img2.TIF img10.tif x_my.png x_red.png x_seg.tif");
  expect_folder((CytoListOptions){.npy = true},
                "Zelle_ä.png a.Jpeg b.nd2 c.dax img2.TIF img2.npy img10.tif x_my.png x_red.png "
                "x_seg.tif");
}

static void filters(void) {
  expect_folder((CytoListOptions){.img_filter = "_red"}, "x_red.png");
  expect_folder((CytoListOptions){.mask_filter = "_my"},
                "Zelle_ä.png a.Jpeg b.nd2 c.dax img2.TIF img10.tif x_red.png x_seg.tif");
  expect_folder((CytoListOptions){.one_level_down = true},
                "Zelle_ä.png a.Jpeg b.nd2 c.dax img2.TIF img10.tif sub/deep1.tif x_my.png "
                "x_red.png x_seg.tif");
  CytoFileList list = {0};
  CytoError err = {0};
  CHECK(!cyto_list_folder(folder, &(CytoListOptions){.img_filter = "_blue"}, &list, &err));
  CHECK(strstr(err.text, "_blue") && strstr(err.text, folder) && !list.path);
}

static void files_and_folders(void) {
  const char *paths[] = {check_path(folder, "x_my.png"), check_path(folder, "img2_cp_masks.png"),
                         check_path(folder, "sub"), check_path(folder, "x_my.png"),
                         check_path(folder, "sub/deep1.tif")};
  CytoFileList list = {0};
  CytoError err = {0};
  REQUIREF(cyto_list_paths(paths, 4, &(CytoListOptions){0}, &list, &err), "%s", err.text);
  expect(&list, "x_my.png img2_cp_masks.png sub/deep1.tif");
  cyto_file_list_clear(&list);
  const char *missing[] = {"/tmp", "/no/such/file.tif"};
  CHECK(!cyto_list_paths(missing + 1, 1, &(CytoListOptions){0}, &list, &err));
  CHECKF(strstr(err.text, "/no/such/file.tif"), "%s", err.text);
  CHECK(!cyto_list_folder("/no/such", &(CytoListOptions){0}, &list, &err));
  CHECK(!cyto_list_folder(check_path(folder, "notes.txt"), &(CytoListOptions){0}, &list, &err));
}

int main(void) {
  snprintf(folder, sizeof folder, "/tmp/cyto-listing-XXXXXX");
  if (!mkdtemp(folder) || mkdir(check_path(folder, "sub"), 0700) ||
      mkdir(check_path(folder, "sub/low"), 0700))
    return 1;
  /* a folder named like an image is no image */
  mkdir(check_path(folder, "dir.tif"), 0700);
  CytoError err;
  const size_t n = sizeof FILES / sizeof *FILES;
  for (size_t i = 0; i < n; i++)
    if (!cyto_file_write(check_path(folder, FILES[i]), "", 0, &err))
      return 1;
  const int result = check_main(
      (CheckTest[]){TEST(folder_in_natural_order), TEST(filters), TEST(files_and_folders), {0}});
  for (size_t i = 0; i < n; i++)
    unlink(check_path(folder, FILES[i]));
  rmdir(check_path(folder, "dir.tif"));
  rmdir(check_path(folder, "sub/low"));
  rmdir(check_path(folder, "sub"));
  rmdir(folder);
  return result;
}
