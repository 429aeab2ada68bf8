#include "check.h"
#include "io/names.h"
#include "base/file.h"
#include <unistd.h>

static void expect(CytoOutputPlan plan, const char *image, CytoOutputKind kind,
                   const char *expected) {
  char *path = NULL;
  CytoError err = {0};
  REQUIREF(cyto_output_path(&plan, image, kind, &path, &err), "%s", err.text);
  CHECK_STR(path, expected);
  free(path);
}

static void beside_the_image(void) {
  const CytoOutputPlan plan = {0};
  const char *image = "data/cells.v2.tif";
  expect(plan, image, CYTO_OUTPUT_SEG, "data/cells.v2_seg.npy");
  expect(plan, image, CYTO_OUTPUT_ROIS, "data/cells.v2_rois.zip");
  expect(plan, image, CYTO_OUTPUT_MASKS_PNG, "data/cells.v2_cp_masks.png");
  expect(plan, image, CYTO_OUTPUT_MASKS_TIFF, "data/cells.v2_cp_masks.tif");
  expect(plan, image, CYTO_OUTPUT_FIGURE, "data/cells.v2_cp_output_cp_masks.png");
  expect(plan, image, CYTO_OUTPUT_OUTLINES_TEXT, "data/cells.v2_cp_outlines.txt");
  expect(plan, image, CYTO_OUTPUT_OUTLINES_PNG, "data/cells.v2_outlines_cp_masks.png");
  expect(plan, image, CYTO_OUTPUT_FLOWS, "data/cells.v2_flows_cp_masks.tif");
  expect(plan, image, CYTO_OUTPUT_FLOW_FIELD, "data/cells.v2_dP_cp_masks.tif");
  expect(plan, "a.png", CYTO_OUTPUT_SEG, "a_seg.npy");
  expect(plan, "./a.png", CYTO_OUTPUT_SEG, "./a_seg.npy");
  expect(plan, "/a", CYTO_OUTPUT_SEG, "/a_seg.npy");
  expect(plan, "/b/Zelle ä.tiff", CYTO_OUTPUT_MASKS_PNG, "/b/Zelle ä_cp_masks.png");
}

static void folders(void) {
  const CytoOutputPlan above = {.dir_above = true};
  expect(above, "/x/y/a.tif", CYTO_OUTPUT_MASKS_PNG, "/x/a_cp_masks.png");
  expect(above, "/x/y/a.tif", CYTO_OUTPUT_SEG, "/x/y/a_seg.npy");
  expect(above, "y/a.tif", CYTO_OUTPUT_MASKS_PNG, "./a_cp_masks.png");
  expect(above, "a.tif", CYTO_OUTPUT_MASKS_PNG, "../a_cp_masks.png");
  expect(above, "../a.tif", CYTO_OUTPUT_MASKS_PNG, "../../a_cp_masks.png");
  expect(above, "/a.tif", CYTO_OUTPUT_MASKS_PNG, "/a_cp_masks.png");
  const CytoOutputPlan sorted = {.in_folders = true};
  expect(sorted, "x/a.tif", CYTO_OUTPUT_MASKS_PNG, "x/masks/a_cp_masks.png");
  expect(sorted, "x/a.tif", CYTO_OUTPUT_MASKS_TIFF, "x/masks/a_cp_masks.tif");
  expect(sorted, "x/a.tif", CYTO_OUTPUT_OUTLINES_PNG, "x/outlines/a_outlines_cp_masks.png");
  expect(sorted, "x/a.tif", CYTO_OUTPUT_OUTLINES_TEXT, "x/txt_outlines/a_cp_outlines.txt");
  expect(sorted, "x/a.tif", CYTO_OUTPUT_FLOWS, "x/flows/a_flows_cp_masks.tif");
  expect(sorted, "x/a.tif", CYTO_OUTPUT_FLOW_FIELD, "x/flows/a_dP_cp_masks.tif");
  expect(sorted, "x/a.tif", CYTO_OUTPUT_SEG, "x/a_seg.npy");
  const CytoOutputPlan all = {.savedir = "out/", .in_folders = true, .dir_above = true};
  expect(all, "x/a.tif", CYTO_OUTPUT_MASKS_PNG, "out/masks/a_cp_masks.png");
  expect(all, "x/a.tif", CYTO_OUTPUT_FIGURE, "out/a_cp_output_cp_masks.png");
  expect(all, "x/a.tif", CYTO_OUTPUT_ROIS, "x/a_rois.zip");
}

static void output_name(void) {
  expect((CytoOutputPlan){.output_name = "_mine"}, "x/a.tif", CYTO_OUTPUT_MASKS_PNG,
         "x/a_mine.png");
  expect((CytoOutputPlan){.output_name = ""}, "x/a.tif", CYTO_OUTPUT_MASKS_PNG, "x/a_cp_masks.png");
  CytoOutputPlan plan = {.output_name = "", .savedir = "out", .dir = "x"};
  expect(plan, "x/a.tif", CYTO_OUTPUT_MASKS_PNG, "out/a.png");
  plan.savedir = ".//x/";
  expect(plan, "x/a.tif", CYTO_OUTPUT_MASKS_PNG, ".//x/a_cp_masks.png");
  plan.dir = NULL;
  expect(plan, "x/a.tif", CYTO_OUTPUT_MASKS_PNG, ".//x/a_cp_masks.png");
}

static void refused(CytoOutputPlan plan, const char *image, CytoOutputKind kind,
                    const char *words) {
  char *path = NULL;
  CytoError err = {0};
  CHECK(!cyto_output_path(&plan, image, kind, &path, &err) && !path);
  CHECKF(strstr(err.text, words), "\"%s\" does not say \"%s\"", err.text, words);
}

static void the_image_is_never_the_output(void) {
  const CytoOutputPlan plan = {.output_name = "", .savedir = "x/sub", .dir = "x"};
  refused(plan, "x/sub/a.png", CYTO_OUTPUT_MASKS_PNG, "overwritten");
  refused(plan, "./x//sub/a.png", CYTO_OUTPUT_MASKS_PNG, "overwritten");
  expect(plan, "x/sub/a.png", CYTO_OUTPUT_MASKS_TIFF, "x/sub/a.tif");
  refused((CytoOutputPlan){.output_name = "../b"}, "x/a.png", CYTO_OUTPUT_MASKS_PNG, "slash");
}

static void prepare_makes_folders(void) {
  char folder[] = "/tmp/cyto-names-XXXXXX", image[64], path[96], other[64];
  REQUIRE(mkdtemp(folder));
  snprintf(image, sizeof image, "%s/a.png", folder);
  CytoError err = {0};
  REQUIRE(cyto_file_write(image, "x", 1, &err));
  CytoOutputPlan plan = {.in_folders = true};
  for (int twice = 0; twice < 2; twice++)
    CHECKF(cyto_output_prepare(&plan, image, CYTO_OUTPUT_MASKS_PNG, &err), "%s", err.text);
  CHECK(cyto_output_prepare(&plan, image, CYTO_OUTPUT_SEG, &err));
  snprintf(path, sizeof path, "%s/masks", folder);
  CHECK(cyto_path_is_folder(path) && rmdir(path) == 0);
  snprintf(path, sizeof path, "%s/outlines", folder);
  CHECK(!cyto_path_exists(path));
  /* a file where the folder should be */
  REQUIRE(cyto_file_write(path, "x", 1, &err));
  CHECK(!cyto_output_prepare(&plan, image, CYTO_OUTPUT_OUTLINES_PNG, &err));
  CHECK(strstr(err.text, path));
  unlink(path);
  plan.savedir = "/no/such/place";
  CHECK(!cyto_output_prepare(&plan, image, CYTO_OUTPUT_MASKS_PNG, &err));
  CHECK(strstr(err.text, "/no/such/place"));
  CHECK(cyto_output_prepare(&plan, image, CYTO_OUTPUT_SEG, &err));
  /* the same folder by another name */
  snprintf(other, sizeof other, "%s-link", folder);
  REQUIRE(symlink(folder, other) == 0);
  plan = (CytoOutputPlan){.savedir = other, .output_name = ""};
  CHECK(!cyto_output_prepare(&plan, image, CYTO_OUTPUT_MASKS_PNG, &err));
  CHECK(strstr(err.text, "by another name"));
  unlink(other);
  unlink(image);
  rmdir(folder);
}

int main(void) {
  return check_main((CheckTest[]){TEST(beside_the_image),
                                  TEST(folders),
                                  TEST(output_name),
                                  TEST(the_image_is_never_the_output),
                                  TEST(prepare_makes_folders),
                                  {0}});
}
