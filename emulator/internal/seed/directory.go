package seed

import (
	"iter"
	"strings"
)

// Directory is the people whom one provider knows: the named ones, those made
// through its endpoints, and the generated ones, which take no memory.
type Directory struct {
	people    []Person // named and created, in order
	byN       map[int64]Person
	byMail    map[string]int64
	generated int
	gone      map[int64]bool
	next      int64
}

// NewDirectory starts with the people of w.
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

// Create adds a person and gives it a number.
func (d *Directory) Create(p Person) Person {
	p.N = d.next
	d.next++
	d.add(p)
	return p
}

// Delete removes a person.
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

// ByMail returns the person with an address, in any case.
func (d *Directory) ByMail(mail string) (Person, bool) {
	if n, ok := d.byMail[strings.ToLower(mail)]; ok {
		return d.byN[n], true
	}
	if i, ok := GeneratedByMail(mail); ok {
		return d.Get(FirstGenerated + int64(i))
	}
	return Person{}, false
}

// Len is how many people there are.
func (d *Directory) Len() int { return len(d.people) + d.generated - len(d.gone) }

// All yields everybody, the named ones first.
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
