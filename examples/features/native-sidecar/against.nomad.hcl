# prepare runs before web and ends: sidecar is false.
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

    task "prepare" {
      lifecycle {
        hook    = "prestart"
        sidecar = false
      }
      driver = "docker"
      config {
        image   = "localhost/sidecar-handbook/served-log:1"
        command = "mkdir"
        args    = ["-p", "${NOMAD_ALLOC_DIR}/logs-of-web"]
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
