// What holds a pod's namespaces: it waits until it is told to end.
#include <signal.h>
#include <unistd.h>

static void end(int signal) {
  (void)signal;
  _exit(0);
}

int main(void) {
  // The first process of a namespace dies of no signal that it does not handle.
  signal(SIGTERM, end);
  signal(SIGINT, end);
  for (;;) pause();
}
