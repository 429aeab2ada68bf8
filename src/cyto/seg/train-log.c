#include "../base/file.h"
#include "../base/mem.h"
#include "train-private.h"
#include <math.h>
#include <string.h>

static const char HEADER[] = "epoch,learning_rate,loss,test_loss,ap50,ap75,ap90,dice,seconds\n";

char *cyto_train_beside(const char *path, const char *ending, CytoError *err) {
  CytoStr out = {0};
  cyto_str_printf(&out, "%s%s", path, ending);
  if (!out.failed)
    return out.text;
  cyto_str_clear(&out);
  cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a file name");
  return NULL;
}

void cyto_train_row_text(const CytoTrainRow *row, CytoStr *out) {
  const double values[] = {row->rate,  row->loss,  row->test_loss, row->ap[0],
                           row->ap[1], row->ap[2], row->dice,      row->seconds};
  char number[32];
  cyto_str_printf(out, "%zu", row->epoch);
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    cyto_str_printf(out, ",%s", isfinite(values[i]) ? cyto_format_double(values[i], number) : "");
  cyto_str_add(out, "\n");
}

/* Rows of before Dice was kept have a number less. */
bool cyto_train_row_parse(const char *text, CytoTrainRow *row) {
  enum { NUMBERS = 9, LEAST = 8 };
  double values[NUMBERS];
  size_t count = 0;
  for (bool over = false; !over; count++) {
    char number[40];
    size_t n = strcspn(text, ",\n");
    if (n >= sizeof number)
      return false;
    memcpy(number, text, n);
    number[n] = 0;
    values[count] = NAN;
    if ((n > 0 || count == 0) && !cyto_parse_double(number, &values[count]))
      return false;
    over = text[n] == '\n' && count + 1 >= LEAST;
    if (!over && (text[n] != ',' || count + 1 == NUMBERS))
      return false;
    text += n + 1;
  }
  if (!(values[0] >= 0 && values[0] < 1e15))
    return false;
  bool with_dice = count == NUMBERS;
  *row = (CytoTrainRow){.epoch = (size_t)values[0],
                        .rate = values[1],
                        .loss = values[2],
                        .test_loss = values[3],
                        .ap = {values[4], values[5], values[6]},
                        .seconds = values[with_dice ? 8 : 7],
                        .dice = with_dice ? values[7] : NAN};
  return true;
}

bool cyto_train_log_write(const char *path, const CytoTrainState *state, CytoError *err) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr text = {0};
  CYTO_AUTOFREE char *file = cyto_train_beside(path, ".csv", err);
  cyto_str_add(&text, HEADER);
  for (size_t i = 0; i < state->rows; i++)
    cyto_train_row_text(&state->row[i], &text);
  if (text.failed)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for the log");
  return file && cyto_file_write(file, text.text, text.length, err);
}

bool cyto_train_log_add(const char *path, const CytoTrainRow *row, CytoError *err) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr text = {0};
  CYTO_AUTOFREE char *file = cyto_train_beside(path, ".csv", err);
  cyto_train_row_text(row, &text);
  if (!file || text.failed)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for the log");
  FILE *stream = fopen(file, "a");
  if (!stream)
    return cyto_fail_errno(err, "open", file);
  bool good = fwrite(text.text, 1, text.length, stream) == text.length;
  good = fclose(stream) == 0 && good;
  return good || cyto_fail_errno(err, "write", file);
}
