/* Only opens and reads the files that the agent opens and reads: the least that any inventory of
 * the same files can cost. The list, ACCESSES, is made from a trace of the agent; each entry is
 * {'r', PATH} for a file to read, {'l', PATH} for a link, or {'d', PATH} for a folder to list. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct { char kind; const char *path; } accesses[] = {
#include ACCESSES
};
static char buffer[1 << 16];

int main(void) {
    for (unsigned i = 0; i < sizeof accesses / sizeof accesses[0]; i++) {
        const char *path = accesses[i].path;
        int is_folder = accesses[i].kind == 'd';
        if (accesses[i].kind == 'l') {
            if (readlink(path, buffer, sizeof buffer) < 0) continue;
            continue;
        }
        int file = open(path, O_RDONLY | (is_folder ? O_DIRECTORY : 0));
        if (file < 0) continue;
        if (is_folder)
            while (syscall(SYS_getdents64, file, buffer, sizeof buffer) > 0) continue;
        else
            while (read(file, buffer, sizeof buffer) == sizeof buffer) continue;
        close(file);
    }
    return 0;
}
