# log-server starts before web and runs as long as web does.
job "served-log" {
  group "web" {
    task "web" {
      driver = "docker"
      config {
        image   = "localhost/sidecar-handbook/served-log:1"
        command = "python3"
        args    = ["/app/web.py"]
      }
      env {
        LOG_DIR = "${NOMAD_ALLOC_DIR}/logs-of-web"
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
        image   = "localhost/sidecar-handbook/served-log:1"
        command = "python3"
        args    = ["/app/log_server.py"]
      }
      env {
        LOG_DIR = "${NOMAD_ALLOC_DIR}/logs-of-web"
      }
      resources {
        cpu    = 100
        memory = 64
      }
    }
  }
}
