#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "check.h"
#include <errno.h>
#include <locale.h>

static void numbers_are_read_whole_or_not_at_all(void) {
  double d = -1;
  CHECK(cyto_parse_double(" 0.25 ", &d) && d == 0.25);
  CHECK(cyto_parse_double("-1e-3", &d) && d == -1e-3);
  d = 7;
  const char *bad[] = {"", " ", "abc", "1,5", "1.5x", "nan", "inf", "1e999", "--1"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    CHECKF(!cyto_parse_double(bad[i], &d) && d == 7, "\"%s\" was taken for a number", bad[i]);
  int64_t n = 5;
  CHECK(cyto_parse_int("-12", &n) && n == -12);
  CHECK(!cyto_parse_int("12.5", &n) && !cyto_parse_int("99999999999999999999", &n) && n == -12);
}

static void numbers_ignore_the_locale(void) {
  if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "fr_FR.UTF-8"))
    printf("# no locale with a decimal comma is installed; only the C locale was checked\n");
  char buffer[32];
  double d = 0;
  CHECK(cyto_parse_double("2.5", &d) && d == 2.5);
  CHECK_STR(cyto_format_double(2.5, buffer), "2.5");
  setlocale(LC_ALL, "C");
}

static void doubles_print_short_and_come_back(void) {
  char buffer[32];
  CHECK_STR(cyto_format_double(30, buffer), "30");
  CHECK_STR(cyto_format_double(0.1, buffer), "0.1");
  const double values[] = {1.0 / 3, 1e-300, -2.5e17, 0.30000000000000004, 0};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    double back = -1;
    CHECK(cyto_parse_double(cyto_format_double(values[i], buffer), &back) && back == values[i]);
  }
}

static void names_sort_as_people_count(void) {
  static const char *const sorted[] = {"a",         "img1.tif",   "img2.tif", "img02.tif",
                                       "img10.tif", "img10a.tif", "imgA.tif"};
  for (int i = 0; i < 7; i++)
    for (int j = 0; j < 7; j++) {
      int order = cyto_natural_compare(sorted[i], sorted[j]);
      if (i == j)
        CHECK(order == 0);
      else if (!((i == 2 && j == 3) || (i == 3 && j == 2))) /* equal numbers: by bytes */
        CHECKF((order < 0) == (i < j), "%s ~ %s", sorted[i], sorted[j]);
    }
  CHECK(cyto_natural_compare("img2.tif", "img02.tif") != 0);
  CHECK(cyto_natural_compare("99999999999999999999998", "99999999999999999999999") < 0);
}

static void strings_grow(void) {
  CytoStr str = {0};
  for (int i = 0; i < 1000; i++)
    cyto_str_printf(&str, "%d,", i);
  cyto_str_add(&str, "end");
  CHECK(!str.failed && str.length == strlen(str.text));
  CHECK_STR(str.text + str.length - 7, "999,end");
  cyto_str_clear(&str);
  CHECK(cyto_has_suffix("X.TIF", ".tif") && !cyto_has_suffix("tif", ".tif"));
}

static void sizes_are_checked_before_multiplying(void) {
  CytoError err = {0};
  size_t out = 3;
  CHECK(!cyto_mul(SIZE_MAX, 2, &out) && !cyto_add(SIZE_MAX, 1, &out));
  CHECK(cyto_alloc(SIZE_MAX / 2, 4, &err) == NULL && err.code == CYTO_ERROR_MEMORY);
  CHECK(cyto_calloc(SIZE_MAX, 1, &err) == NULL);
  void *empty = cyto_alloc(0, 8, &err);
  CHECK(empty != NULL);
  free(empty);
  int *grown = cyto_realloc(NULL, 10, sizeof *grown, &err);
  CHECK(grown != NULL && cyto_realloc(grown, SIZE_MAX, 8, &err) == NULL);
  free(grown);
}

static void errors_keep_their_sentence(void) {
  CytoError err = {0};
  CHECK(!cyto_fail(&err, CYTO_ERROR_FORMAT, "expected %d, found %d", 1, 2));
  cyto_fail_prefix(&err, "a.tif");
  CHECK_STR(err.text, "a.tif: expected 1, found 2");
  char *prefix = malloc(5000);
  memset(prefix, 'p', 4999);
  prefix[4999] = 0;
  cyto_fail_prefix(&err, prefix);
  CHECK(strlen(err.text) < sizeof err.text && strstr(err.text, "expected 1, found 2"));
  free(prefix);
  errno = ENOENT;
  cyto_fail_errno(&err, "open", "b.tif");
  CHECK_STR(err.text, "cannot open b.tif: No such file or directory");
  CHECK(!cyto_fail(NULL, CYTO_ERROR_IO, "nobody listens"));
}

int main(void) {
  return check_main((CheckTest[]){TEST(numbers_are_read_whole_or_not_at_all),
                                  TEST(numbers_ignore_the_locale),
                                  TEST(doubles_print_short_and_come_back),
                                  TEST(names_sort_as_people_count),
                                  TEST(strings_grow),
                                  TEST(sizes_are_checked_before_multiplying),
                                  TEST(errors_keep_their_sentence),
                                  {0}});
}
