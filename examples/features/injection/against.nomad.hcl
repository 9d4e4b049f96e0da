# web talks to the mesh itself, by a library: no proxy is added.
job "web" {
  group "web" {
    network {
      mode = "bridge"
    }

    service {
      name = "web"
      port = "8080"
      connect {
        native = true
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
