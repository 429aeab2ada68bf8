/* Rows, lists, JSON and the words for time and names. */
#include "check.h"
#include "progress.h"
#include "summary.h"
#include "../cyto/base/mem.h"
#include <jansson.h>

static void lists(void) {
  CYTO_CLEANUP(cyto_str_clear) CliList list = {0};
  CHECK(!cli_list_next(&list, NULL));
  cli_list_add(&list, "a\nb");
  cli_list_add(&list, "");
  cli_list_add(&list, "c");
  const char *item = cli_list_next(&list, NULL);
  CHECK_STR(item, "a\nb");
  item = cli_list_next(&list, item);
  CHECK_STR(item, "");
  item = cli_list_next(&list, item);
  CHECK_STR(item, "c");
  CHECK(!cli_list_next(&list, item));
}

static void names_on_a_terminal(void) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr out = {0};
  cli_add_printable(&out, "\xc3\xa4\x1b[31m\n\xc2\x9b\xe7\xbb\x86\x7f");
  CHECK_STR(out.text, "\xc3\xa4?[31m??\xe7\xbb\x86?");
  CHECK(cli_columns(out.text) == 10);
  cli_cut_columns(out.text, 9);
  CHECK_STR(out.text, "\xc3\xa4?[31m??\xe7\xbb\x86");
  cli_cut_columns(out.text, 1);
  CHECK_STR(out.text, "\xc3\xa4");
  cli_cut_columns(out.text, 5);
  CHECK_STR(out.text, "\xc3\xa4");
}

static void durations(void) {
  static const struct {
    double seconds;
    const char *words;
  } cases[] = {
      {0, "0 s"},          {59.4, "59 s"},      {59.6, "1 min 0 s"},       {200, "3 min 20 s"},
      {3600, "1 h 0 min"}, {7530, "2 h 5 min"}, {1e300, "277777 h 46 min"}};
  char text[32];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    CHECK_STR(cli_duration(cases[i].seconds, text), cases[i].words);
}

/* Two of four images and half of the third in 10 s: 6 s for the rest. */
static void time_left(void) {
  CliProgress p = {.images = 4, .image = 2, .fraction = 0.5, .begun = 100};
  CHECK_NEAR(cli_progress_left(&p, 110), 6, 1e-9);
  CHECK(cli_progress_left(&p, 100.5) == -1);
  p = (CliProgress){.images = 1, .image = 0, .passes = 2, .begun = 0};
  CHECK(cli_progress_left(&p, 50) == -1);
  cli_progress_step(&p, "network", 3, 6);
  CHECK_NEAR(p.fraction, 0.95 * 0.25, 1e-12);
  cli_progress_step(&p, "network", 6, 6);
  cli_progress_step(&p, "following", 1, 100);
  cli_progress_step(&p, "network", 1, 2);
  CHECK_NEAR(p.fraction, 0.95 * 0.75, 1e-12);
}

static const char *const paths[] = {"d/a \"1\".tif", "d/b\xff\xc3\xa4\t.tif", "d/\xed\xa0\x80.tif"};

static bool make(CliSummary *summary) {
  if (!cli_summary_init(summary, paths, 3, NULL))
    return false;
  CliEntry *e = summary->entry;
  e[0].status = CLI_IMAGE_DONE;
  e[0].planes = 2;
  e[0].cells = 12;
  e[0].diameter = 17.25;
  e[0].plane_cells = cyto_alloc(2, sizeof(uint32_t), NULL);
  e[0].plane_cells[0] = 5;
  e[0].plane_cells[1] = 7;
  cli_list_add(&e[0].files, "d/a_seg.npy");
  cli_list_add(&e[0].warnings, "one\ntwo");
  e[1].status = CLI_IMAGE_FAILED;
  e[1].error = cyto_strdup("no \\ good", NULL);
  summary->model = "nuclei";
  summary->seconds = 1.5;
  return true;
}

static void json_is_json(void) {
  CYTO_CLEANUP(cli_summary_clear) CliSummary summary = {0};
  CYTO_CLEANUP(cyto_str_clear) CytoStr out = {0};
  REQUIRE(make(&summary));
  cli_summary_json(&summary, &out);
  REQUIRE(out.text && !out.failed);
  json_error_t error;
  json_t *root = json_loads(out.text, 0, &error);
  REQUIREF(root, "%s at %d", error.text, error.line);
  json_t *images = json_object_get(root, "images"), *first = json_array_get(images, 0);
  json_t *second = json_array_get(images, 1), *third = json_array_get(images, 2);
  CHECK(json_array_size(images) == 3);
  CHECK_STR(json_string_value(json_object_get(first, "path")), paths[0]);
  CHECK_STR(json_string_value(json_object_get(second, "path")), "d/b\xef\xbf\xbd\xc3\xa4\t.tif");
  CHECK_STR(json_string_value(json_object_get(third, "path")),
            "d/\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd.tif");
  CHECK_STR(json_string_value(json_object_get(second, "error")), "no \\ good");
  CHECK_STR(json_string_value(json_object_get(third, "status")), "not done");
  CHECK(json_integer_value(json_object_get(first, "objects")) == 12);
  CHECK(json_number_value(json_object_get(first, "diameter")) == 17.25);
  json_t *planes = json_object_get(first, "objects_per_plane");
  CHECK(json_array_size(planes) == 2 && json_integer_value(json_array_get(planes, 1)) == 7);
  CHECK_STR(json_string_value(json_array_get(json_object_get(first, "warnings"), 0)), "one\ntwo");
  CHECK(json_integer_value(json_object_get(root, "done")) == 1);
  CHECK(json_integer_value(json_object_get(root, "failed")) == 1);
  json_decref(root);
}

static void rows_line_up(void) {
  CYTO_CLEANUP(cli_summary_clear) CliSummary summary = {0};
  CYTO_AUTOFREE char *text = NULL;
  size_t size = 0;
  REQUIRE(make(&summary));
  FILE *stream = open_memstream(&text, &size);
  REQUIRE(stream);
  cli_summary_header(&summary, stream);
  cli_summary_row(&summary, &summary.entry[0], stream);
  cli_summary_row(&summary, &summary.entry[1], stream);
  fclose(stream);
  CHECK_STR(text, "image      objects  diameter  seconds\n"
                  "a \"1\".tif       12      17.2     0.00  in 2 planes\n"
                  "b\xff\xc3\xa4?.tif    failed\n");
  CHECK(cli_summary_number(&summary, CLI_IMAGE_FAILED) == 1);
}

int main(void) {
  return check_main((CheckTest[]){TEST(lists),
                                  TEST(names_on_a_terminal),
                                  TEST(durations),
                                  TEST(time_left),
                                  TEST(json_is_json),
                                  TEST(rows_line_up),
                                  {0}});
}
