// The floor under `docker run --rm ubuntu:14.04 true`: the kernel work that such a run can't do without, and nothing else. No engine,
// no state, no log, no shim. What drydock takes beyond this is its own doing.
//
//   cc -O2 -o floor floor.c -lseccomp && ./floor LOWER[:LOWER…] [RUNS]        LOWER: image layers, topmost first
//
// One run: cgroups in every hierarchy below this process's own, clone3 into new namespaces, a veth pair on a bridge, overlay and the
// other mounts, devices, pivot_root, address and route, masked paths, capabilities, a seccomp filter of Docker's size (compiled once,
// before the clock starts), exec, wait, and all of it cleaned up. Prints the median and the minimum in milliseconds.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/veth.h>
#include <linux/filter.h>
#include <net/if.h>
#include <arpa/inet.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BRIDGE "floor0"
#define GATEWAY "172.31.254.1"
#define ADDRESS "172.31.254.2"
#define PREFIX 24

static void die(const char *what) {
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    _exit(1);
}

// The run is worth nothing if a part of it silently did not happen.
#define MUST(call) do { if ((call) < 0) die(#call); } while (0)

// ---- netlink: one message, one acknowledgement --------------------------------------------------------------------------------

struct message {
    struct nlmsghdr header;
    char body[1024];
};

static void *append(struct message *m, size_t size) {
    void *place = (char *)m + NLMSG_ALIGN(m->header.nlmsg_len);
    m->header.nlmsg_len = NLMSG_ALIGN(m->header.nlmsg_len) + size;
    return place;
}

static struct message begin(int type, int flags, const void *family_header, size_t size) {
    struct message m = {.header = {.nlmsg_len = NLMSG_LENGTH(0), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags}};
    memcpy(append(&m, size), family_header, size);
    return m;
}

static void attribute(struct message *m, int type, const void *data, size_t size) {
    struct rtattr *a = append(m, RTA_SPACE(size));
    a->rta_type = type;
    a->rta_len = RTA_LENGTH(size);
    memcpy(RTA_DATA(a), data, size);
}

static size_t nest(struct message *m, int type) {
    size_t start = NLMSG_ALIGN(m->header.nlmsg_len);
    struct rtattr *a = append(m, RTA_LENGTH(0));
    a->rta_type = type;
    return start;
}

static void end_nest(struct message *m, size_t start) {
    ((struct rtattr *)((char *)m + start))->rta_len = m->header.nlmsg_len - start;
}

static int netlink(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) die("netlink socket");
    return fd;
}

static int transact(int fd, struct message *m) {
    struct { struct nlmsghdr header; struct nlmsgerr error; char rest[1024]; } answer;
    MUST(send(fd, m, m->header.nlmsg_len, 0));
    MUST(recv(fd, &answer, sizeof answer, 0));
    errno = -answer.error.error;
    return answer.error.error == 0 ? 0 : -1;
}

static int set_up(int fd, int index) {
    struct ifinfomsg link = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    struct message m = begin(RTM_NEWLINK, 0, &link, sizeof link);
    return transact(fd, &m);
}

static int add_address(int fd, int index, const char *text) {
    struct in_addr address;
    inet_pton(AF_INET, text, &address);
    struct ifaddrmsg head = {.ifa_family = AF_INET, .ifa_prefixlen = PREFIX, .ifa_index = index};
    struct message m = begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof head);
    attribute(&m, IFA_LOCAL, &address, sizeof address);
    attribute(&m, IFA_ADDRESS, &address, sizeof address);
    return transact(fd, &m);
}

static int add_default_route(int fd, const char *gateway) {
    struct in_addr address;
    inet_pton(AF_INET, gateway, &address);
    struct rtmsg head = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT, .rtm_type = RTN_UNICAST};
    struct message m = begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof head);
    attribute(&m, RTA_GATEWAY, &address, sizeof address);
    return transact(fd, &m);
}

static int add_bridge(int fd) {
    struct ifinfomsg link = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    struct message m = begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
    attribute(&m, IFLA_IFNAME, BRIDGE, sizeof BRIDGE);
    size_t info = nest(&m, IFLA_LINKINFO);
    attribute(&m, IFLA_INFO_KIND, "bridge", 6);
    end_nest(&m, info);
    return transact(fd, &m);
}

static int delete_link(int fd, const char *name) {
    struct ifinfomsg link = {0};
    struct message m = begin(RTM_DELLINK, 0, &link, sizeof link);
    attribute(&m, IFLA_IFNAME, name, strlen(name) + 1);
    return transact(fd, &m);
}

// One message makes the pair, puts our end on the bridge and up, and the other into the container's namespace as eth0.
static int add_veth(int fd, const char *name, int bridge, pid_t container) {
    struct ifinfomsg link = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP}, peer = {0};
    struct message m = begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
    attribute(&m, IFLA_IFNAME, name, strlen(name) + 1);
    attribute(&m, IFLA_MASTER, &bridge, sizeof bridge);
    size_t info = nest(&m, IFLA_LINKINFO);
    attribute(&m, IFLA_INFO_KIND, "veth", 4);
    size_t data = nest(&m, IFLA_INFO_DATA), other = nest(&m, VETH_INFO_PEER);
    memcpy(append(&m, sizeof peer), &peer, sizeof peer);
    attribute(&m, IFLA_IFNAME, "eth0", 5);
    attribute(&m, IFLA_NET_NS_PID, &container, sizeof container);
    end_nest(&m, other);
    end_nest(&m, data);
    end_nest(&m, info);
    return transact(fd, &m);
}

// ---- cgroups: a directory in each v1 hierarchy, or one in v2 --------------------------------------------------------------------

struct hierarchy {
    char mount[256], parent[512], leaf[600];
    bool cpuset, devices;
} hierarchies[16];
static int hierarchy_count;
static bool unified;  // v2 alone

static void own_path(const char *controllers, char *path, size_t size) {
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[1024];
    snprintf(path, size, "/");
    while (file && fgets(line, sizeof line, file)) {
        char *names = strchr(line, ':') + 1, *where = strchr(names, ':');
        *where++ = 0;
        where[strcspn(where, "\n")] = 0;
        if (strcmp(names, controllers) == 0) snprintf(path, size, "%s", where);
    }
    if (file) fclose(file);
}

static void find_hierarchies(void) {
    FILE *file = fopen("/proc/self/mountinfo", "re");
    char line[4096], v2[256] = "";
    while (file && fgets(line, sizeof line, file)) {
        char root[256], mount[256], type[64], options[512];
        char *tail = strstr(line, " - ");
        if (!tail || sscanf(line, "%*s %*s %*s %255s %255s", root, mount) != 2) continue;
        if (sscanf(tail, " - %63s %*s %511s", type, options) != 2) continue;
        if (strcmp(type, "cgroup2") == 0) snprintf(v2, sizeof v2, "%s", mount);
        if (strcmp(type, "cgroup") != 0 || strstr(options, "name=") || hierarchy_count == 16) continue;
        struct hierarchy *h = &hierarchies[hierarchy_count++];
        char own[256];
        const char *controllers = options + (strncmp(options, "rw,", 3) == 0 ? 3 : 0);
        own_path(controllers, own, sizeof own);
        snprintf(h->mount, sizeof h->mount, "%s", mount);
        snprintf(h->parent, sizeof h->parent, "%s%s", mount, own);
        h->cpuset = strstr(controllers, "cpuset");
        h->devices = strstr(controllers, "devices");
    }
    if (file) fclose(file);
    if (hierarchy_count == 0 && v2[0]) {
        char own[256];
        own_path("", own, sizeof own);
        unified = true;
        hierarchy_count = 1;
        snprintf(hierarchies[0].mount, 256, "%s", v2);
        snprintf(hierarchies[0].parent, 512, "%s%s", v2, own);
    }
}

static void put(const char *folder, const char *name, const char *text) {
    char path[800];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) die(path);
    close(fd);
}

static void copy(const char *from, const char *to, const char *name) {
    char path[800], text[256];
    snprintf(path, sizeof path, "%s/%s", from, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (size < 0) die(path);
    close(fd);
    text[size] = 0;
    put(to, name, text);
}

static const char *allowed_devices[] = {"c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm",
    "c 1:9 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm", NULL};

static void make_cgroups(const char *name) {
    for (int i = 0; i < hierarchy_count; i++) {
        struct hierarchy *h = &hierarchies[i];
        snprintf(h->leaf, sizeof h->leaf, "%s/%s", h->parent, name);
        MUST(mkdir(h->leaf, 0755));
        if (h->cpuset) {
            copy(h->parent, h->leaf, "cpuset.cpus");
            copy(h->parent, h->leaf, "cpuset.mems");
        }
        if (h->devices) {
            put(h->leaf, "devices.deny", "a");
            for (const char **rule = allowed_devices; *rule; rule++) put(h->leaf, "devices.allow", *rule);
        }
    }
}

static void remove_cgroups(void) {
    for (int i = 0; i < hierarchy_count; i++)
        while (rmdir(hierarchies[i].leaf) < 0)
            if (errno != EBUSY) die(hierarchies[i].leaf);
}

// ---- seccomp: a filter of Docker's size -------------------------------------------------------------------------------------------

static struct sock_fprog filter;

static void compile_filter(void) {
    const char *denied[] = {"acct", "add_key", "bpf", "clock_settime", "create_module", "delete_module", "finit_module",
        "fsconfig", "fsmount", "fsopen", "fspick", "get_kernel_syms", "get_mempolicy", "init_module", "ioperm", "iopl", "kcmp",
        "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie", "mbind", "mount", "mount_setattr", "move_mount", "move_pages",
        "name_to_handle_at", "nfsservctl", "open_by_handle_at", "open_tree", "perf_event_open", "pivot_root", "process_vm_readv",
        "process_vm_writev", "query_module", "quotactl", "reboot", "request_key", "set_mempolicy", "setns", "settimeofday", "stime",
        "swapoff", "swapon", "_sysctl", "sysfs", "syslog", "umount", "umount2", "unshare", "uselib", "userfaultfd", "ustat", "vm86",
        "vm86old", "vhangup", "clone", "clone3", "personality", NULL};
    scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    seccomp_arch_add(context, SCMP_ARCH_X86);
    seccomp_arch_add(context, SCMP_ARCH_X32);
    for (int number = 0; number < 470; number++) {
        char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, number);
        bool allow = name != NULL;
        for (const char **other = denied; allow && *other; other++) allow = strcmp(name, *other) != 0;
        if (allow) seccomp_rule_add(context, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(name), 0);
        free(name);
    }
    const unsigned long personalities[] = {0, 8, 0x20000, 0x20008, 0xffffffff};
    for (int i = 0; i < 5; i++)
        seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(personality), 1, SCMP_A0(SCMP_CMP_EQ, personalities[i]));
    seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, 0x7e020000, 0));
    seccomp_rule_add(context, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    int fd = memfd_create("bpf", MFD_CLOEXEC);
    if (seccomp_export_bpf(context, fd) != 0) die("seccomp_export_bpf");
    off_t size = lseek(fd, 0, SEEK_END);
    filter.filter = malloc(size);
    filter.len = size / sizeof(struct sock_filter);
    MUST(pread(fd, filter.filter, size, 0));
    close(fd);
    seccomp_release(context);
}

// ---- the container -----------------------------------------------------------------------------------------------------------------

static char base[200], lower[4096];

static void make_device(const char *path, int major, int minor) {
    MUST(mknod(path, S_IFCHR | 0666, makedev(major, minor)));
    MUST(chmod(path, 0666));
}

static void mount_cgroups(void) {
    MUST(mount("tmpfs", "sys/fs/cgroup", "tmpfs", MS_NOSUID | MS_NOEXEC | MS_NODEV, "mode=755"));
    for (int i = 0; i < hierarchy_count; i++) {
        char target[600];
        snprintf(target, sizeof target, "sys/fs/cgroup%s", strrchr(hierarchies[i].mount, '/'));
        MUST(mkdir(target, 0755));
        MUST(mount(hierarchies[i].leaf, target, NULL, MS_BIND, NULL));
        MUST(mount(NULL, target, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL));
    }
    MUST(mount(NULL, "sys/fs/cgroup", NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC | MS_NODEV, "mode=755"));
}

static void mount_all(void) {
    const unsigned long guarded = MS_NOSUID | MS_NOEXEC | MS_NODEV;
    char options[5000], merged[256];
    snprintf(merged, sizeof merged, "%s/merged", base);
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work", lower, base, base);
    MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
    MUST(mount("overlay", merged, "overlay", 0, options));
    MUST(chdir(merged));
    MUST(mount("proc", "proc", "proc", guarded, NULL));
    MUST(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k"));
    MUST(mkdir("dev/pts", 0755));
    MUST(mkdir("dev/mqueue", 0755));
    MUST(mkdir("dev/shm", 0755));
    MUST(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5"));
    MUST(mount("sysfs", "sys", "sysfs", guarded | MS_RDONLY, NULL));
    mount_cgroups();
    MUST(mount("mqueue", "dev/mqueue", "mqueue", guarded, NULL));
    MUST(mount("shm", "dev/shm", "tmpfs", guarded, "mode=1777,size=67108864"));
    const char *files[] = {"hosts", "hostname", "resolv.conf"};
    for (int i = 0; i < 3; i++) {
        char from[256], to[64];
        snprintf(from, sizeof from, "%s/%s", base, files[i]);
        snprintf(to, sizeof to, "etc/%s", files[i]);
        close(open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0755));
        MUST(mount(from, to, NULL, MS_BIND, NULL));
    }
    make_device("dev/null", 1, 3);
    make_device("dev/zero", 1, 5);
    make_device("dev/full", 1, 7);
    make_device("dev/random", 1, 8);
    make_device("dev/urandom", 1, 9);
    make_device("dev/tty", 5, 0);
    MUST(symlink("/proc/self/fd", "dev/fd"));
    MUST(symlink("/proc/self/fd/0", "dev/stdin"));
    MUST(symlink("/proc/self/fd/1", "dev/stdout"));
    MUST(symlink("/proc/self/fd/2", "dev/stderr"));
    MUST(symlink("/proc/kcore", "dev/core"));
    MUST(symlink("pts/ptmx", "dev/ptmx"));
    MUST(syscall(SYS_pivot_root, ".", "."));
    MUST(umount2(".", MNT_DETACH));
    MUST(chdir("/"));
}

static void mask_paths(void) {
    const char *masked[] = {"/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", NULL};
    const char *read_only[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL};
    // What a kernel does not have needs no mask.
    for (const char **path = masked; *path; path++)
        if (mount("/dev/null", *path, NULL, MS_BIND, NULL) < 0 && errno == ENOTDIR) mount("tmpfs", *path, "tmpfs", MS_RDONLY, NULL);
    for (const char **path = read_only; *path; path++)
        if (mount(*path, *path, NULL, MS_BIND | MS_REC, NULL) == 0)
            mount(NULL, *path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL);
}

static void drop_privileges(void) {
    const unsigned long long kept = 0xa80425fb;  // Docker's 14
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
        if (!(kept >> capability & 1)) MUST(prctl(PR_CAPBSET_DROP, capability));
    MUST(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter));
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{.effective = kept, .permitted = kept}};
    MUST(syscall(SYS_capset, &header, data));
}

static void contained(int go) {
    char byte;
    // A single thread that moves itself (0) by `tasks` spares the kernel's wait for every fork and exit under way, which a pid written
    // to cgroup.procs costs: some ten milliseconds.
    for (int i = 0; !unified && i < hierarchy_count; i++) put(hierarchies[i].leaf, "tasks", "0");
    // The veth pair is the parent's to make.
    if (read(go, &byte, 1) != 1) _exit(1);
    MUST(setsid());
    mount_all();
    int fd = netlink();
    MUST(set_up(fd, 1));
    int eth0 = if_nametoindex("eth0");
    MUST(add_address(fd, eth0, ADDRESS));
    MUST(set_up(fd, eth0));
    MUST(add_default_route(fd, GATEWAY));
    close(fd);
    MUST(sethostname("floor", 5));
    mask_paths();
    drop_privileges();
    char *arguments[] = {"true", NULL}, *environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    execve("/bin/true", arguments, environment);
    die("exec /bin/true");
}

static void in_base(const char *name, int (*act)(const char *, mode_t)) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s", base, name);
    if (act(path, 0755) < 0) die(path);
}

static int make_file(const char *path, mode_t mode) {
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, mode);
    return fd < 0 ? -1 : close(fd);
}

static int remove_folder(const char *path, mode_t mode) { (void)mode; return rmdir(path); }
static int remove_file(const char *path, mode_t mode) { (void)mode; return unlink(path); }

static void remove_layer(void) {
    const char *files[] = {"upper/etc/hosts", "upper/etc/hostname", "upper/etc/resolv.conf"};
    // Only what the image lacked was made in the upper layer.
    for (int i = 0; i < 3; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", base, files[i]);
        unlink(path);
    }
    char path[300];
    snprintf(path, sizeof path, "%s/upper/etc", base);
    rmdir(path);
    in_base("hosts", remove_file);
    in_base("hostname", remove_file);
    in_base("resolv.conf", remove_file);
    in_base("work/work", remove_folder);
    in_base("work", remove_folder);
    in_base("upper", remove_folder);
    in_base("merged", remove_folder);
    MUST(rmdir(base));
}

// Where the time goes, as seen by the parent.
enum phase { PREPARE, CLONE, VETH, SET_UP, EXIT, CLEAN, PHASES };
static const char *phase_names[PHASES] = {"prepare", "clone", "veth", "set_up", "exit", "clean"};
static double *times[PHASES + 1], started;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static void done(enum phase phase, int number) {
    double time = now();
    if (number >= 0) times[phase][number] = time - started;
    started = time;
}

static void one_run(int number, int bridge, int fd) {
    char name[64], link[IFNAMSIZ];
    snprintf(name, sizeof name, "floor-%d-%d", getpid(), number);
    snprintf(link, sizeof link, "vf%d.%d", getpid() % 100000, (number + 10) % 10000);
    MUST(mkdir(base, 0755));
    in_base("upper", mkdir);
    in_base("work", mkdir);
    in_base("merged", mkdir);
    in_base("hosts", make_file);
    in_base("hostname", make_file);
    in_base("resolv.conf", make_file);
    make_cgroups(name);
    done(PREPARE, number);

    int go[2], executed[2], pidfd = -1;
    MUST(pipe2(go, O_CLOEXEC));
    MUST(pipe2(executed, O_CLOEXEC));
    struct clone_args arguments = {
        .flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_PIDFD,
        .pidfd = (unsigned long)&pidfd,
        .exit_signal = SIGCHLD,
    };
    int into = -1;
    if (unified) {
        MUST(into = open(hierarchies[0].leaf, O_PATH | O_DIRECTORY | O_CLOEXEC));
        arguments.flags |= CLONE_INTO_CGROUP | CLONE_NEWCGROUP;
        arguments.cgroup = into;
    }
    pid_t child = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child < 0) die("clone3");
    if (child == 0) contained(go[0]);
    if (into >= 0) close(into);
    done(CLONE, number);

    MUST(add_veth(fd, link, bridge, child));
    done(VETH, number);
    MUST(write(go[1], "g", 1));
    char byte;
    close(executed[1]);
    MUST(read(executed[0], &byte, 1));  // its end: the exec closed the last copy
    close(executed[0]);
    done(SET_UP, number);

    siginfo_t ended;
    MUST(waitid(P_PIDFD, pidfd, &ended, WEXITED));
    if (ended.si_code != CLD_EXITED || ended.si_status != 0) { errno = ECHILD; die("the container failed"); }
    close(pidfd);
    close(go[0]);
    close(go[1]);
    done(EXIT, number);
    // The veth pair goes with the network namespace; to delete it by hand would wait 30 ms for the kernel.
    remove_cgroups();
    remove_layer();
    done(CLEAN, number);
}

static int ascending(const void *a, const void *b) {
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

// Sorts the values in place.
static double median(double *values, int count) {
    qsort(values, count, sizeof *values, ascending);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

int main(int count, char **arguments) {
    int runs = count > 2 ? atoi(arguments[2]) : 50;
    if (count < 2 || count > 3 || runs < 1 || strlen(arguments[1]) >= sizeof lower) {
        fprintf(stderr, "usage: floor LOWER[:LOWER…] [RUNS]\n");
        return 2;
    }
    strcpy(lower, arguments[1]);
    // The upper layer has to lie on a file system that overlay accepts: beside the lower ones.
    const char *first = strrchr(lower, ':') ? strrchr(lower, ':') + 1 : lower;
    snprintf(base, sizeof base, "%.150s.run-%d", first, getpid());
    umask(022);
    find_hierarchies();
    compile_filter();
    int fd = netlink();
    if (add_bridge(fd) < 0) die("add bridge " BRIDGE);
    int bridge = if_nametoindex(BRIDGE);
    MUST(add_address(fd, bridge, GATEWAY));

    for (int phase = 0; phase <= PHASES; phase++) times[phase] = calloc(runs, sizeof *times[phase]);
    for (int i = -3; i < runs; i++) {  // three to warm up
        double from = started = now();
        one_run(i, bridge, fd);
        if (i >= 0) times[PHASES][i] = now() - from;
    }
    delete_link(fd, BRIDGE);

    double whole = median(times[PHASES], runs);  // sorts: the first is the least
    printf("{\"runs\": %d, \"median_ms\": %.2f, \"min_ms\": %.2f", runs, whole, times[PHASES][0]);
    for (int phase = 0; phase < PHASES; phase++) printf(", \"%s_ms\": %.2f", phase_names[phase], median(times[phase], runs));
    printf(", \"cgroups\": %d, \"seccomp_bytes\": %zu}\n", hierarchy_count, filter.len * sizeof(struct sock_filter));
    return 0;
}
