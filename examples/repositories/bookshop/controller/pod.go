// Package controller starts a reader for each open book.
package controller

import corev1 "k8s.io/api/core/v1"

// podSpec lays out the Pod in which one book is read.
func podSpec(book string) corev1.PodSpec {
	reader := corev1.Container{
		Name:  "reader",
		Image: "registry.example/bookshop/reader:0.9.0",
		Args:  []string{"--book", book},
	}
	bookmarks := corev1.Container{
		Name:  "bookmarks",
		Image: "registry.example/bookshop/bookmarks:0.9.0",
		Args:  []string{"--reader", "localhost:8080"},
	}
	return corev1.PodSpec{
		Containers: []corev1.Container{reader, bookmarks},
	}
}
