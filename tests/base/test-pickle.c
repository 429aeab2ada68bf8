#include "base/pickle.h"
#include "base/pickle-write.h"
#include "check.h"
#include <stdint.h>
#include <unistd.h>

static const char *const allowed[] = {"collections OrderedDict", "numpy ndarray", NULL};

/* The tree as text, in the notation that the Python script below uses too. */
static void dump(CytoStr *out, const CytoPkl *node, int depth) {
  if (depth > 50) {
    cyto_str_add(out, "DEEP");
    return;
  }
  uint64_t bits;
  const char *brackets = "??";
  switch (node->kind) {
  case CYTO_PKL_NONE:
    cyto_str_add(out, "None");
    return;
  case CYTO_PKL_BOOL:
    cyto_str_add(out, node->integer ? "True" : "False");
    return;
  case CYTO_PKL_INT:
    if (node->big)
      cyto_str_add(out, "big");
    else
      cyto_str_printf(out, "%lld", (long long)node->integer);
    return;
  case CYTO_PKL_FLOAT:
    memcpy(&bits, &node->number, 8);
    cyto_str_printf(out, "f%016llx", (unsigned long long)bits);
    return;
  case CYTO_PKL_STR:
  case CYTO_PKL_BYTES:
    cyto_str_add(out, node->kind == CYTO_PKL_STR ? "s" : "b");
    for (size_t i = 0; i < node->length; i++)
      cyto_str_printf(out, "%02x", (unsigned char)node->text[i]);
    return;
  case CYTO_PKL_GLOBAL:
    cyto_str_printf(out, "<%s>", node->text);
    return;
  case CYTO_PKL_OBJECT:
    dump(out, node->callable, depth + 1);
    dump(out, node->args, depth + 1);
    if (node->state) {
      cyto_str_add(out, "=");
      dump(out, node->state, depth + 1);
    }
    brackets = "{}";
    break;
  case CYTO_PKL_LIST:
    brackets = "[]";
    break;
  case CYTO_PKL_TUPLE:
    brackets = "()";
    break;
  case CYTO_PKL_DICT:
    brackets = "{}";
    break;
  case CYTO_PKL_PERSID:
    brackets = "||";
    break;
  }
  cyto_str_printf(out, "%c", brackets[0]);
  for (size_t i = 0; i < node->count; i++) {
    dump(out, node->item[i], depth + 1);
    cyto_str_add(out, ",");
  }
  cyto_str_printf(out, "%c", brackets[1]);
}

/* Reads bytes and compares the dump; an expectation that starts with '!' is part of the error. */
static void expect(const char *what, const void *bytes, size_t size, const char *expected) {
  CytoPickle *pickle = NULL;
  CytoError err = {0};
  /* An exact heap copy lets the address sanitiser see any step past the end. */
  uint8_t *copy = malloc(size ? size : 1);
  memcpy(copy, bytes, size);
  if (!cyto_pickle_read(copy, size, allowed, &pickle, NULL, &err)) {
    CHECKF(expected[0] == '!' && strstr(err.text, expected + 1), "%s: \"%s\", expected %s", what,
           err.text, expected);
  } else {
    CytoStr text = {0};
    dump(&text, cyto_pickle_root(pickle), 0);
    CHECKF(strcmp(text.text, expected) == 0, "%s: %s, expected %s", what, text.text, expected);
    cyto_str_clear(&text);
    cyto_pickle_free(pickle);
  }
  free(copy);
}
#define EXPECT(bytes, expected) expect(#bytes, bytes, sizeof(bytes) - 1, expected)

/* What Python's own pickler writes, at every protocol. */
static const char script[] =
    "import pickle,struct,math,collections\n"
    "def d(o):\n"
    "  if o is None or isinstance(o,bool): return repr(o)\n"
    "  if isinstance(o,int): return repr(o) if -2**63<=o<2**63 else 'big'\n"
    "  if isinstance(o,float): return 'f%016x'%struct.unpack('<Q',struct.pack('<d',o))\n"
    "  if isinstance(o,str): return 's'+o.encode().hex()\n"
    "  if isinstance(o,bytes): return 'b'+o.hex()\n"
    "  if isinstance(o,list): return '['+''.join(d(x)+',' for x in o)+']'\n"
    "  if isinstance(o,tuple): return '('+''.join(d(x)+',' for x in o)+')'\n"
    "  if type(o) is dict: return '{'+''.join(d(k)+','+d(v)+',' for k,v in o.items())+'}'\n"
    "  return '<collections OrderedDict>(){'+''.join(d(k)+','+d(v)+',' for k,v in o.items())+'}'\n"
    "shared=[1,'two']\n"
    "v=[None,True,False,0,1,255,256,65535,65536,-1,2**31-1,-2**31,2**31,2**63-1,-2**63,2**63,\n"
    " -2**63-1,10**40,-10**40,0.0,-0.0,0.1,-1e-300,math.pi,math.inf,-math.inf,'','plain',\n"
    " 'line\\nbreak\\\\back\\x00zero','Zellkern \\u00b5m \\u65e5\\u672c "
    "\\U0001f52c','x'*300,[],(),{},\n"
    " [1,[2,[3]]],(1,),(1,2),(1,2,3),(1,2,3,4),{'a':{'b':[1.5,None]},3:'c'},[shared,shared],\n"
    " [[i] for i in range(600)],list(range(2500)),{i:str(i) for i in range(1500)},\n"
    " collections.OrderedDict([('k',1),('l',[2])])]\n"
    "b=[b'',b'\\x00\\xff\\n',b'y'*70000]\n"
    "for p in range(6):\n"
    "  for o in v+(b if p>2 else []): print(pickle.dumps(o,p).hex(),d(o))\n";

static void python_values(void) {
  if (access("/usr/bin/python3", X_OK) != 0)
    SKIP("/usr/bin/python3 is not installed");
  char path[] = "/tmp/cyto-pickle-XXXXXX";
  int fd = mkstemp(path);
  REQUIRE(fd >= 0 && write(fd, script, strlen(script)) == (ssize_t)strlen(script));
  close(fd);
  char command[128];
  snprintf(command, sizeof command, "/usr/bin/python3 %s", path);
  FILE *pipe = popen(command, "r");
  REQUIRE(pipe);
  char *line = NULL;
  size_t room = 0, lines = 0;
  for (ssize_t n; (n = getline(&line, &room, pipe)) > 0; lines++) {
    line[n - 1] = 0;
    char *space = strchr(line, ' ');
    REQUIRE(space);
    size_t size = (size_t)(space - line) / 2;
    uint8_t *bytes = malloc(size + 1);
    for (size_t i = 0; i < size; i++)
      sscanf(line + 2 * i, "%2hhx", &bytes[i]);
    expect("python value", bytes, size, space + 1);
    for (size_t cut = 0; cut < size; cut += 1 + size / 7)
      expect("cut short", bytes, cut, "!pickle is");
    free(bytes);
  }
  free(line);
  CHECK(pclose(pipe) == 0);
  CHECKF(lines > 250, "%zu values", lines);
  unlink(path);
}

static void old_protocols(void) {
  EXPECT("S'a\\x41\\n\\101\\''\n.", "s61410a4127");
  EXPECT("U\3abc.", "s616263");
  EXPECT("U\2\xff\xfe.", "bfffe");
  EXPECT("T\2\0\0\0\xc3\xa9.", "sc3a9");
  EXPECT("I01\n.", "True");
  EXPECT("I-12\n.", "-12");
  EXPECT("L123456789012345678901234567890L\n.", "big");
  EXPECT("Fnan\n0F1.5\n.", "f3ff8000000000000");
  EXPECT("V\\u00b5m \\U0001f52c\xb5\n.", "sc2b56d20f09f94acc2b5");
  EXPECT("(I1\ninumpy\nndarray\n.", "<numpy ndarray>(1,){}");
  EXPECT("(cnumpy\nndarray\nI7\no.", "<numpy ndarray>(7,){}");
  EXPECT("\x80\2cnumpy\nndarray\nK\1K\2\x86RK\3b.", "<numpy ndarray>(1,2,)=3{}");
  EXPECT("\x80\4\x8c\5numpy\x8c\7ndarray\x93)\x81.", "<numpy ndarray>(){}");
  EXPECT("P17\n.", "|s3137,|");
  EXPECT("\x80\2(K\1K\2tQ.", "|(1,2,),|");
  EXPECT("\x80\4\x8f(K\1K\2\x90.", "[1,2,]");
  EXPECT("X\3\0\0\0\xed\xa0\x80.", "sefbfbd");
  EXPECT("N(K\1K\0022t1.", "!no mark");
  EXPECT("N(K\00200.", "None");
  EXPECT("N(K\002K\0031.", "None");
}

static void hostile(void) {
  EXPECT("cos\nsystem\n(S'rm -rf /'\ntR.", "!os.system");
  EXPECT("\x80\4\x8c\5posix\x8c\6system\x93\x8c\2id\x85R.", "!posix.system");
  EXPECT("cbuiltins\neval\n.", "!builtins.eval");
  EXPECT("(cnumpy\nndarray extra\no.", "!numpy.ndarray extra");
  EXPECT("cnumpy ndarray\n\n.", "!numpy ndarray.");
  EXPECT("c\x1b[2J\nx\n.", "!?[2J.x");
  EXPECT("K\1K\2\x85R.", "!call");
  EXPECT("r\xff\xff\xff\x7f.", "!no value");
  EXPECT("Nr\xff\xff\xff\x7f.", "!memo");
  EXPECT("Np99999999999999999999\n.", "!memo");
  EXPECT("h\0.", "!never stored");
  EXPECT("X\xff\xff\xff\xff.", "!announces");
  EXPECT("\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", "!announces");
  EXPECT("\x80\4\x95\xff\0\0\0\0\0\0\0N.", "!frame");
  EXPECT("\x80\6N.", "!protocol 6");
  EXPECT("X\2\0\0\0\xff\xfe.", "!UTF-8");
  EXPECT("]K\1K\2s.", "!dictionary");
  EXPECT("}(K\1u.", "!key and no value");
  EXPECT("}K\1a.", "!list");
  EXPECT("NNb.", "!not an object");
  EXPECT("\x82\1.", "!registry");
  EXPECT("\xff.", "!unknown");
  EXPECT("\x89", "!cut short");
  EXPECT("", "!cut short");
  EXPECT(".", "!no value");
  EXPECT("(.", "!no value");
  EXPECT("S'x\n.", "!escape");
  EXPECT("S'\\\n.", "!escape");
  EXPECT("S'\\x4'\n.", "!escape");
  EXPECT("V\\u12\n.", "!escape");
  EXPECT("Ione\n.", "!number");
  EXPECT("F1,5\n.", "!number");
}

static void deep_and_wide(void) {
  const size_t n = 1000000;
  uint8_t *bytes = malloc(2 * n + 2);
  CytoPickle *pickle = NULL;
  CytoError err = {0};
  memset(bytes, ']', n);
  memset(bytes + n, 'a', n - 1);
  bytes[2 * n - 1] = '.';
  REQUIREF(cyto_pickle_read(bytes, 2 * n, allowed, &pickle, NULL, &err), "%s", err.text);
  size_t depth = 1;
  for (const CytoPkl *node = cyto_pickle_root(pickle); node->count; node = node->item[0])
    depth++;
  CHECKF(depth == n, "depth %zu", depth);
  cyto_pickle_free(pickle);
  memset(bytes, '(', n);
  memset(bytes + n, 't', n);
  bytes[2 * n] = '.';
  pickle = NULL;
  REQUIREF(cyto_pickle_read(bytes, 2 * n + 1, allowed, &pickle, NULL, &err), "%s", err.text);
  CHECK(cyto_pickle_root(pickle)->kind == CYTO_PKL_TUPLE);
  cyto_pickle_free(pickle);
  free(bytes);
}

static void doubling_memo(void) {
  /* Sixty lists, each holding the one before it twice: 2^60 leaves on paper, 60 nodes in memory. */
  CytoStr text = {0};
  cyto_str_add(&text, "]q");
  cyto_str_add_bytes(&text, "\0", 1);
  for (char i = 1; i < 60; i++) {
    const char step[] = {']', '(', 'h', (char)(i - 1), 'h', (char)(i - 1), 'e', 'q', i};
    cyto_str_add_bytes(&text, step, sizeof step);
  }
  cyto_str_add(&text, ".");
  CytoPickle *pickle = NULL;
  CytoError err = {0};
  REQUIREF(cyto_pickle_read((uint8_t *)text.text, text.length, allowed, &pickle, NULL, &err), "%s",
           err.text);
  const CytoPkl *root = cyto_pickle_root(pickle);
  CHECK(root->count == 2 && root->item[0] == root->item[1]);
  cyto_pickle_free(pickle);
  cyto_str_clear(&text);
}

static void cycle(void) {
  static const char bytes[] = "(lp0\nI1\nag0\na.";
  CytoPickle *pickle = NULL;
  CytoError err = {0};
  REQUIREF(cyto_pickle_read((const uint8_t *)bytes, sizeof bytes - 1, allowed, &pickle, NULL, &err),
           "%s", err.text);
  const CytoPkl *list = cyto_pickle_root(pickle);
  CHECK(list->count == 2 && list->item[1] == list);
  cyto_pickle_free(pickle);
}

static void lookups(void) {
  static const char bytes[] = "\x80\2}(X\1\0\0\0aK\1X\1\0\0\0bK\2X\1\0\0\0aK\3K\4K\5u.rest";
  CytoPickle *pickle = NULL;
  CytoError err = {0};
  size_t used = 0;
  REQUIREF(
      cyto_pickle_read((const uint8_t *)bytes, sizeof bytes - 1, allowed, &pickle, &used, &err),
      "%s", err.text);
  const CytoPkl *root = cyto_pickle_root(pickle);
  CHECK(used == sizeof bytes - 1 - 4);
  CHECK(cyto_pkl_get(root, "a") && cyto_pkl_get(root, "a")->integer == 3);
  CHECK(cyto_pkl_get(root, "b") && cyto_pkl_get(root, "b")->integer == 2);
  CHECK(!cyto_pkl_get(root, "c"));
  CHECK(!cyto_pkl_get(cyto_pkl_get(root, "a"), "a"));
  CHECK(!cyto_pkl_is_global(root, "numpy ndarray"));
  cyto_pickle_free(pickle);
}

static void write_all(CytoPickler *p, unsigned protocol) {
  cyto_pickler_start(p, protocol);
  cyto_pickler_dict(p);
  cyto_pickler_mark(p);
  cyto_pickler_str(p, "µ");
  cyto_pickler_list(p);
  cyto_pickler_mark(p);
  static const int64_t numbers[] = {0, 255, 256, -1, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    cyto_pickler_int(p, numbers[i]);
  cyto_pickler_float(p, 0.1);
  cyto_pickler_none(p);
  cyto_pickler_bool(p, true);
  cyto_pickler_bool(p, false);
  cyto_pickler_put(p, 0);
  cyto_pickler_tuple(p, 0);
  cyto_pickler_tuple(p, 1);
  cyto_pickler_get(p, 0);
  cyto_pickler_put(p, 300);
  cyto_pickler_get(p, 300);
  cyto_pickler_tuple(p, 2);
  cyto_pickler_mark(p);
  cyto_pickler_tuple(p, -1);
  cyto_pickler_global(p, "collections", "OrderedDict");
  cyto_pickler_tuple(p, 0);
  cyto_pickler_reduce(p);
  if (protocol > 2) {
    cyto_pickler_bytes(p, 3);
    cyto_pickler_raw(p, "abc", 3);
    cyto_pickler_bytes(p, 300);
    for (int i = 0; i < 300; i++)
      cyto_pickler_raw(p, "z", 1);
  }
  cyto_pickler_appends(p);
  cyto_pickler_set_items(p);
}

static void python_reads_ours(void) {
  if (access("/usr/bin/python3", X_OK) != 0)
    SKIP("/usr/bin/python3 is not installed");
  for (unsigned protocol = 2; protocol <= 3; protocol++) {
    char path[] = "/tmp/cyto-pickle-XXXXXX", command[1024];
    int fd = mkstemp(path);
    REQUIRE(fd >= 0);
    CytoPickler p = {.stream = fdopen(fd, "wb")};
    write_all(&p, protocol);
    CHECK(cyto_pickler_stop(&p));
    fclose(p.stream);
    snprintf(command, sizeof command,
             "/usr/bin/python3 -c \"import pickle,collections\n"
             "o=pickle.load(open('%s','rb'))\n"
             "e=[0,255,256,-1,2**31-1,-2**31,2**63-1,-2**63,.1,None,True,False,((),),"
             "(False,False),(),collections.OrderedDict()]+[b'abc',b'z'*300]*%d\n"
             "assert o=={'\\u00b5':e} and list(map(type,o['\\u00b5']))==list(map(type,e)),o\"",
             path, (int)protocol - 2);
    CHECKF(system(command) == 0, "protocol %u", protocol);
    unlink(path);
  }
}

static void round_trip(void) {
  CytoStr text = {0};
  CytoPickler p = {.str = &text};
  write_all(&p, 3);
  CHECK(cyto_pickler_stop(&p));
  CytoPickle *pickle = NULL;
  CytoError err = {0};
  REQUIREF(cyto_pickle_read((uint8_t *)text.text, text.length, allowed, &pickle, NULL, &err), "%s",
           err.text);
  const CytoPkl *list = cyto_pkl_get(cyto_pickle_root(pickle), "µ");
  REQUIRE(list && list->kind == CYTO_PKL_LIST);
  CHECK(list->count == 18);
  CHECK(list->item[6]->integer == INT64_MAX && list->item[7]->integer == INT64_MIN);
  CHECK(list->item[17]->kind == CYTO_PKL_BYTES && list->item[17]->length == 300);
  cyto_pickle_free(pickle);
  cyto_str_clear(&text);
}

static void full_disk(void) {
  FILE *full = fopen("/dev/full", "wb");
  if (!full)
    SKIP("no /dev/full");
  setvbuf(full, NULL, _IONBF, 0);
  CytoPickler p = {.stream = full};
  write_all(&p, 3);
  CHECK(!cyto_pickler_stop(&p));
  fclose(full);
}

int main(void) {
  return check_main((CheckTest[]){TEST(python_values),
                                  TEST(old_protocols),
                                  TEST(hostile),
                                  TEST(deep_and_wide),
                                  TEST(doubling_memo),
                                  TEST(cycle),
                                  TEST(lookups),
                                  TEST(python_reads_ours),
                                  TEST(round_trip),
                                  TEST(full_disk),
                                  {0}});
}
