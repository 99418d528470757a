"""What people do with the register: one file, one public function, named the same."""
