package seed

import (
	"iter"
	"strings"
)

// Directory holds the people of one provider: named people of the state, people created
// through the API, and generated people, which take no memory.
type Directory struct {
	people    []Person // named and created people in order
	byN       map[int64]Person
	byMail    map[string]int64
	generated int
	gone      map[int64]bool
	next      int64
}

// NewDirectory returns a directory with the people of data.
func NewDirectory(data *Data) *Directory {
	d := &Directory{byN: map[int64]Person{}, byMail: map[string]int64{}, gone: map[int64]bool{}, next: FirstCreated, generated: data.Generated()}
	for _, p := range data.People {
		d.add(p)
	}
	return d
}

func (d *Directory) add(p Person) {
	d.people = append(d.people, p)
	d.byN[p.N] = p
	if p.Mail != "" {
		d.byMail[strings.ToLower(p.Mail)] = p.N
	}
}

// Create adds p and returns it with its new number.
func (d *Directory) Create(p Person) Person {
	p.N = d.next
	d.next++
	d.add(p)
	return p
}

// Delete removes the person with number n and reports whether there was one.
func (d *Directory) Delete(n int64) bool {
	p, ok := d.Get(n)
	if !ok {
		return false
	}
	if n >= FirstGenerated {
		d.gone[n] = true
		return true
	}
	delete(d.byN, n)
	delete(d.byMail, strings.ToLower(p.Mail))
	for i := range d.people {
		if d.people[i].N == n {
			d.people = append(d.people[:i:i], d.people[i+1:]...)
			break
		}
	}
	return true
}

// Get returns the person with number n.
func (d *Directory) Get(n int64) (Person, bool) {
	if n >= FirstGenerated {
		i := n - FirstGenerated
		if i >= int64(d.generated) || d.gone[n] {
			return Person{}, false
		}
		return Generated(int(i)), true
	}
	p, ok := d.byN[n]
	return p, ok
}

// ByMail returns the person with an e-mail address, ignoring case.
func (d *Directory) ByMail(mail string) (Person, bool) {
	if n, ok := d.byMail[strings.ToLower(mail)]; ok {
		return d.byN[n], true
	}
	if i, ok := GeneratedByMail(mail); ok {
		return d.Get(FirstGenerated + int64(i))
	}
	return Person{}, false
}

// Len returns the number of people.
func (d *Directory) Len() int { return len(d.people) + d.generated - len(d.gone) }

// All yields the named and created people in order, then the generated ones.
func (d *Directory) All() iter.Seq[Person] {
	return func(yield func(Person) bool) {
		for _, p := range d.people {
			if !yield(p) {
				return
			}
		}
		for i := range d.generated {
			if p, ok := d.Get(FirstGenerated + int64(i)); ok && !yield(p) {
				return
			}
		}
	}
}
