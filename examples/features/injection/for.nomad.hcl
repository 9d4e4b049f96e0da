# Nomad adds an Envoy task to this group.
job "web" {
  group "web" {
    network {
      mode = "bridge"
    }

    service {
      name = "web"
      port = "8080"
      connect {
        sidecar_service {}
      }
    }

    task "web" {
      driver = "docker"
      config {
        image = "localhost/sidecar-handbook/served-log:1"
      }
      resources {
        cpu    = 100
        memory = 64
      }
    }
  }
}
