# A web application and its sidecar: two tasks of one task group.
job "served-log" {
  group "served-log" {
    network {
      # One network namespace for the group. The default, "host", has none.
      mode = "bridge"
      port "http" { to = 8080 }
      port "log" { to = 8081 }
    }

    task "web" {
      driver = "docker"
      config {
        image           = "registry.example.com/served-log:1"
        command         = "python3"
        args            = ["/app/web.py"]
        ports           = ["http"]
        readonly_rootfs = true
      }
      env {
        LOG_DIR = "${NOMAD_ALLOC_DIR}/data"
      }
      resources {
        cpu    = 100
        memory = 64
      }
    }

    task "log-server" {
      lifecycle {
        hook    = "prestart"
        sidecar = true
      }
      driver = "docker"
      config {
        image           = "registry.example.com/served-log:1"
        command         = "python3"
        args            = ["/app/log_server.py"]
        ports           = ["log"]
        readonly_rootfs = true
      }
      env {
        LOG_DIR = "${NOMAD_ALLOC_DIR}/data"
      }
      resources {
        cpu    = 100
        memory = 64
      }
    }
  }
}
