module my-plugin

go 1.24

require sluicegate v0.0.0

// The SDK lies in the project: nothing is downloaded.
replace sluicegate => ./sluicegate
