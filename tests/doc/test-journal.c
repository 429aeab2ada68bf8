#include "check.h"
int main(void) {
  return check_main((CheckTest[]){{0}});
}
