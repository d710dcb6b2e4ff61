"""Which system calls a submission may make: those that Python, torch and threads need, and none that reach out.

Everything else answers ENOSYS, so that libraries fall back as they do on an old kernel. What is absent matters more
than what is there: no other sockets than AF_UNIX (a network namespace does not stop AF_VSOCK), no keyrings, io_uring,
bpf, ptrace, userfaultfd or perf events, no namespaces, mounts or shared memory outside the sized file systems.
"""

from __future__ import annotations

import errno
import os
import socket
from importlib import import_module

FILES = """open openat read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2 close close_range lseek
    _llseek stat fstat lstat newfstatat fstatat64 stat64 fstat64 lstat64 statx statfs fstatfs access faccessat faccessat2
    readlink readlinkat getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2
    link linkat symlink symlinkat chmod fchmod fchmodat chown fchown lchown fchownat truncate ftruncate fallocate fsync
    fdatasync flock fcntl fcntl64 dup dup2 dup3 pipe pipe2 sendfile copy_file_range umask utime utimes utimensat futimesat
    fadvise64 readahead getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr"""
MEMORY = "brk mmap mmap2 munmap mprotect mremap madvise msync mincore mlock munlock membarrier get_mempolicy"
CLOCKS = """clock_gettime clock_getres clock_nanosleep gettimeofday nanosleep time times alarm getitimer setitimer
    timerfd_create timerfd_settime timerfd_gettime timer_create timer_settime timer_gettime timer_getoverrun timer_delete"""
PROCESSES = """fork vfork execve exit exit_group wait4 waitid waitpid getpid getppid gettid getuid geteuid getgid getegid
    getresuid getresgid getgroups getpgid getpgrp getsid setpgid setsid set_tid_address set_robust_list get_robust_list rseq
    futex futex_waitv sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_getscheduler
    sched_get_priority_max sched_get_priority_min getpriority getrlimit setrlimit prlimit64 getrusage sysinfo uname prctl
    arch_prctl capget getcpu getrandom"""
SIGNALS = """kill tkill tgkill rt_sigaction rt_sigprocmask rt_sigpending rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn
    rt_sigsuspend rt_sigtimedwait sigaltstack sigreturn pause restart_syscall"""
WAITING = """select _newselect pselect6 poll ppoll epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    eventfd eventfd2"""
LOCAL_SOCKETS = """connect bind listen accept accept4 getsockname getpeername getsockopt setsockopt sendto recvfrom sendmsg
    recvmsg sendmmsg recvmmsg shutdown"""

NEW_NAMESPACES = 0x7E020000 | 0x80  # CLONE_NEWUSER, NEWPID, NEWNET, NEWIPC, NEWUTS, NEWCGROUP, NEWNS and NEWTIME
TERMINAL_QUERIES = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX


def program() -> bytes:
    """The filter as a BPF program for ``prctl(PR_SET_SECCOMP)``; ``ImportError`` or ``RuntimeError`` without libseccomp."""
    pyseccomp = import_module("pyseccomp")
    found = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.ENOSYS))
    for name in " ".join([FILES, MEMORY, CLOCKS, PROCESSES, SIGNALS, WAITING, LOCAL_SOCKETS]).split():
        try:
            found.add_rule(pyseccomp.ALLOW, name)
        except OSError:  # a call that this architecture, or this libseccomp, does not know
            continue
    for name in ("socket", "socketpair"):
        found.add_rule(pyseccomp.ALLOW, name, pyseccomp.Arg(0, pyseccomp.EQ, socket.AF_UNIX))
    found.add_rule(pyseccomp.ALLOW, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, NEW_NAMESPACES, 0))  # clone3 hides its flags
    for request in TERMINAL_QUERIES:
        found.add_rule(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.EQ, request))
    read, write = os.pipe()
    with os.fdopen(read, "rb") as reader, os.fdopen(write, "wb") as writer:
        found.export_bpf(writer)
        writer.close()
        return reader.read()
